import Glibc

/// The time of day, which may jump: for dates that people or other machines read, never for measuring.
public enum WallClock {
    public static var unixMilliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    public static var unixSeconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return time.tv_sec
    }
}
