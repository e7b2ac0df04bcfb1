import Testing

@testable import Supervisor

/// The exposition format byte by byte.
@Suite struct MetricsTextTests {
    @Test func `help and kind stand before the samples, and what would break a line is escaped`() {
        var page = MetricsText()
        page.add(
            "things_total", .counter, "With \\ and\nlines.",
            [MetricsText.Sample(3, ("name", "a\"b\\c\nd"), ("other", "x")), MetricsText.Sample(0.25)])
        #expect(
            page.text == """
                # HELP antigravity_things_total With \\\\ and\\nlines.
                # TYPE antigravity_things_total counter
                antigravity_things_total{name="a\\"b\\\\c\\nd",other="x"} 3
                antigravity_things_total 0.25

                """)
    }

    @Test func `the buckets of a histogram add up, in seconds`() {
        var histogram = Histogram(bounds: [100, 1_000])
        for value in [100, 101, 1_000, 1_001, 5_000] { histogram.add(value) }
        var page = MetricsText()
        page.add("time_seconds", "Time.", histogram)
        #expect(
            page.text == """
                # HELP antigravity_time_seconds Time.
                # TYPE antigravity_time_seconds histogram
                antigravity_time_seconds_bucket{le="0.1"} 1
                antigravity_time_seconds_bucket{le="1"} 3
                antigravity_time_seconds_bucket{le="+Inf"} 5
                antigravity_time_seconds_sum 7.202
                antigravity_time_seconds_count 5

                """)
    }
}
