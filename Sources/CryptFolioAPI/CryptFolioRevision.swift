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
        switch self {
        case .r2018_01: time.renderMilliseconds(into: &output)
        case .r2019_03:
            Timestamp(seconds: time.seconds).render(into: &output)
            output.removeLast()
            output.append(contentsOf: "+00:00".utf8)
        }
    }

    /// An instant as the revision writes it.
    public func text(_ time: Timestamp) -> String {
        var bytes: [UInt8] = []
        render(time, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
