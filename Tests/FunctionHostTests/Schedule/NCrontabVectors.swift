/// Rows of NCrontab's behaviour: an expression with the time after a given one, its canonical text, or neither.
enum NCrontabVectors {
    struct Next: Sendable {
        var from: String
        var schedule: String
        var next: String
    }

    static let next: [Next] = [
        .init(from: "2003-01-01T00:00:00Z", schedule: "* * * * *", next: "2003-01-01T00:01:00Z"),
        .init(from: "2003-01-01T00:59:00Z", schedule: "* * * * *", next: "2003-01-01T01:00:00Z"),
        .init(from: "2003-12-31T23:59:00Z", schedule: "* * * * *", next: "2004-01-01T00:00:00Z"),
        .init(from: "2003-01-01T00:00:00Z", schedule: "45 * * * * *", next: "2003-01-01T00:00:45Z"),
        .init(from: "2003-01-01T00:00:46Z", schedule: "45-47,48,49 * * * * *", next: "2003-01-01T00:00:47Z"),
        .init(from: "2003-01-01T00:00:49Z", schedule: "45-47,48,49 * * * * *", next: "2003-01-01T00:01:45Z"),
        .init(from: "2003-01-01T00:00:50Z", schedule: "2/5 * * * * *", next: "2003-01-01T00:00:52Z"),
        .init(from: "2021-02-24T09:50:35Z", schedule: "* 0-1 10 * * *", next: "2021-02-24T10:00:00Z"),
        .init(from: "2003-01-01T00:45:00Z", schedule: "45-47,48,49 * * * *", next: "2003-01-01T00:46:00Z"),
        .init(from: "2003-01-01T00:48:00Z", schedule: "45-47,48,49 * * * *", next: "2003-01-01T00:49:00Z"),
        .init(from: "2003-01-01T00:02:00Z", schedule: "2/5 * * * *", next: "2003-01-01T00:07:00Z"),
        .init(from: "2003-01-01T00:57:00Z", schedule: "2/5 * * * *", next: "2003-01-01T01:02:00Z"),
        .init(from: "2003-01-01T00:00:30Z", schedule: "3 45 * * * *", next: "2003-01-01T00:45:03Z"),
        .init(from: "2003-01-01T00:46:30Z", schedule: "6 45-47,48,49 * * * *", next: "2003-01-01T00:47:06Z"),
        .init(from: "2003-01-01T00:49:30Z", schedule: "6 45-47,48,49 * * * *", next: "2003-01-01T01:45:06Z"),
        .init(from: "2003-01-01T00:50:30Z", schedule: "9 2/5 * * * *", next: "2003-01-01T00:52:09Z"),
        .init(from: "2003-12-20T10:00:00Z", schedule: " * 3/4 * * *", next: "2003-12-20T11:00:00Z"),
        .init(from: "2003-01-07T00:00:00Z", schedule: "30  *  1 * *", next: "2003-02-01T00:30:00Z"),
        .init(from: "2003-01-01T00:00:00Z", schedule: "30 23 19    * *", next: "2003-01-19T23:30:00Z"),
        .init(from: "2003-07-10T00:00:00Z", schedule: " *  * 30,31 * *", next: "2003-07-30T00:00:00Z"),
        .init(from: "2002-03-31T23:59:59Z", schedule: "* * * 4 *", next: "2002-04-01T00:00:00Z"),
        .init(from: "2000-01-15T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-01-30T00:00:00Z"),
        .init(from: "2000-02-15T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-03-15T00:00:00Z"),
        .init(from: "2000-03-31T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-04-15T00:00:00Z"),
        .init(from: "2000-05-15T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-05-30T00:00:00Z"),
        .init(from: "2000-06-15T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-06-30T00:00:00Z"),
        .init(from: "2000-07-30T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-07-31T00:00:00Z"),
        .init(from: "2000-08-30T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-08-31T00:00:00Z"),
        .init(from: "2000-09-30T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-10-15T00:00:00Z"),
        .init(from: "2000-10-31T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-11-15T00:00:00Z"),
        .init(from: "2000-12-15T00:00:00Z", schedule: "0 0 15,30,31 * *", next: "2000-12-30T00:00:00Z"),
        .init(from: "2003-12-01T05:00:00Z", schedule: "10 * * 6 *", next: "2004-06-01T00:10:00Z"),
        .init(from: "2003-01-01T00:00:00Z", schedule: "0 12 1 6 *", next: "2003-06-01T12:00:00Z"),
        .init(from: "1988-03-11T14:23:00Z", schedule: "* 2,4-8,15 * 6 *", next: "1988-06-01T02:00:00Z"),
        .init(from: "2003-06-26T10:00:00Z", schedule: "30 6 * * sunday", next: "2003-06-29T06:30:00Z"),
        .init(from: "2003-06-24T12:01:00Z", schedule: "1 12 * * 2", next: "2003-07-01T12:01:00Z"),
        .init(from: "2003-06-09T18:15:00Z", schedule: "15 18 * * Mon", next: "2003-06-16T18:15:00Z"),
        .init(from: "2003-06-30T18:15:00Z", schedule: "15 18 * * Mon", next: "2003-07-07T18:15:00Z"),
        .init(from: "2003-09-01T23:45:00Z", schedule: "45 16 1 * Mon", next: "2003-12-01T16:45:00Z"),
        .init(from: "2004-02-29T12:01:00Z", schedule: "1 12 29 2 *", next: "2008-02-29T12:01:00Z"),
        .init(from: "2001-02-28T12:01:00Z", schedule: "1 12 28 2 *", next: "2002-02-28T12:01:00Z"),
        .init(from: "2004-02-29T12:01:00Z", schedule: "1 12 28 2 *", next: "2005-02-28T12:01:00Z"),
    ]

    static let invalid: [String] = [
        "bad * * * * *",
        "* bad * * *",
        "* * * bad * *",
        "* * * * mon,bad,wed",
        "* * 1,2,3,456,7,8,9 * * *",
        "* 1/Z * * *",
        "* * 3-l2 * * *",
    ]

    /// Schedule, then canonical text.
    static let canonical: [(String, String)] = [
        ("10-40/15 * * * *", "10,25,40 * * * *"),
        ("22 * * * */2 *", "22 * * * 1,3,5,7,9,11 *"),
    ]
}
