"""Starts the real programs and speaks to them byte by byte. Shared by the end-to-end, client and reliability tests."""
