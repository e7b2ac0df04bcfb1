// What passes between supervisor and worker.
