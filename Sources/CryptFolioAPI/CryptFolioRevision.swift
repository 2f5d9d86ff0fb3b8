public import Time

/// The revisions of CryptFolio's documentation, whose answers differ in form.
public enum CryptFolioRevision: String, Hashable, Sendable, CaseIterable {
    /// January 2018: lists in objects, currencies as codes, instants with milliseconds and `Z`.
    case r2018_01 = "2018-01"
    /// March 2019: bare lists, currencies as objects, instants with `+00:00`.
    case r2019_03 = "2019-03"

    /// Whether lists stand in an object under their name.
    var wrapsLists: Bool { self == .r2018_01 }

    /// Appends an instant as the revision writes it: to the millisecond, or to the second.
    func render(_ time: Timestamp, into output: inout [UInt8]) {
        let seconds = time.seconds
        let (year, month, day) = time.day.date
        let second = Int(seconds - time.day.start.seconds)
        func append(_ number: Int, _ width: Int) {
            var power = 1
            for _ in 1..<width { power *= 10 }
            while power > 0 {
                output.append(UInt8(ascii: "0") + UInt8(number / power % 10))
                power /= 10
            }
        }
        append(year, 4)
        output.append(UInt8(ascii: "-"))
        append(month, 2)
        output.append(UInt8(ascii: "-"))
        append(day, 2)
        output.append(UInt8(ascii: "T"))
        append(second / 3600, 2)
        output.append(UInt8(ascii: ":"))
        append(second / 60 % 60, 2)
        output.append(UInt8(ascii: ":"))
        append(second % 60, 2)
        switch self {
        case .r2018_01:
            output.append(UInt8(ascii: "."))
            append(Int((time.microseconds - seconds * 1_000_000) / 1000), 3)
            output.append(UInt8(ascii: "Z"))
        case .r2019_03: output.append(contentsOf: "+00:00".utf8)
        }
    }

    /// An instant as the revision writes it.
    public func text(_ time: Timestamp) -> String {
        var bytes: [UInt8] = []
        render(time, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
