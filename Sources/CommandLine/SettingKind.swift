/// What a setting may be set to.
public enum SettingKind: Sendable, Hashable {
    /// Any text that is not empty.
    case text
    /// A whole number within a range.
    case integer(ClosedRange<Int>)
    /// `true` or `false`; `yes`, `no`, `on`, `off`, `1` and `0` are understood too.
    case boolean
    /// A time span within a range, written with its unit: `500ms`, `30s`, `15m`, `12h`, `7d`.
    case duration(ClosedRange<Duration>)
    /// A number of bytes within a range, plain or with a binary unit: `65536`, `64KiB`, `16MiB`, `2GiB`.
    case bytes(ClosedRange<Int>)
    /// One of some words.
    case choice([String])
    /// Text of a form that the program checks.
    case formed(SettingForm)
    /// Texts of one form with commas between them; as an option it may be given several times.
    case list(SettingForm)
    /// Text that is never shown and may come from a file.
    case secret
}

/// The value of a setting after its kind's check.
public enum SettingValue: Sendable, Hashable {
    /// Text, a chosen word, or a secret.
    case text(String)
    /// The texts of a list.
    case texts([String])
    /// A whole number, or a number of bytes.
    case integer(Int)
    /// Yes or no.
    case boolean(Bool)
    /// A time span.
    case duration(Duration)
}

extension SettingKind {
    /// The value that a text stands for, or nil when it is not of this kind.
    public func parse(_ text: String) -> SettingValue? {
        switch self {
        case .text, .secret:
            guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
            return .text(text)
        case .integer(let range):
            return Self.wholeNumber(text).flatMap { range.contains($0) ? .integer($0) : nil }
        case .boolean:
            return Self.truth(text).map(SettingValue.boolean)
        case .duration(let range):
            return Self.timeSpan(text).flatMap { range.contains($0) ? .duration($0) : nil }
        case .bytes(let range):
            return Self.byteCount(text).flatMap { range.contains($0) ? .integer($0) : nil }
        case .choice(let words):
            return words.contains(text) ? .text(text) : nil
        case .formed(let form):
            return form.matches(text) ? .text(text) : nil
        case .list(let form):
            let items = text.split(separator: ",", omittingEmptySubsequences: false).map {
                String(TerminalText.trimmed($0))
            }
            let isList =
                items.count <= Limits.listItemsMax && items.allSatisfy { !$0.isEmpty && form.matches($0) }
            return isList ? .texts(items) : nil
        }
    }

    /// What is expected, in words that finish the sentence "expected …".
    public var expectation: String {
        switch self {
        case .text: "text that is not empty"
        case .secret: "a secret on one line"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .duration(let range):
            "a time span such as 30s, from \(Self.render(range.lowerBound)) to \(Self.render(range.upperBound))"
        case .bytes(let range):
            "a size such as 16MiB, from \(Self.render(bytes: range.lowerBound)) to \(Self.render(bytes: range.upperBound))"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .formed(let form): form.expectation
        case .list(let form): "\(form.expectation), with commas between several"
        }
    }

    /// Whether a value may consist of several.
    public var isList: Bool {
        if case .list = self { return true }
        return false
    }

    /// Whether values of this kind are masked wherever they are shown.
    public var isSecret: Bool { self == .secret }

    /// A whole number in plain ASCII digits with an optional minus sign, or nil.
    static func wholeNumber(_ text: String) -> Int? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// The units of time spans in milliseconds, the largest first.
    private static let timeUnits: [(suffix: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]
    /// The units of sizes in bytes, the largest first.
    private static let sizeUnits: [(suffix: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1),
    ]

    private static func timeSpan(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text[digits.endIndex...]
        guard let number = Int(digits) else { return nil }
        if number == 0, suffix.isEmpty { return .zero }
        guard let unit = timeUnits.first(where: { $0.suffix == suffix }) else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        return overflow ? nil : .milliseconds(milliseconds)
    }

    private static func byteCount(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text[digits.endIndex...]
        guard let number = Int(digits), let unit = sizeUnits.first(where: { $0.suffix == suffix }) else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// A time span in the largest unit that shows it exactly.
    public static func render(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
        guard milliseconds != 0 else { return "0s" }
        let unit = timeUnits.first { milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }

    /// A number of bytes in the largest unit that shows it exactly.
    public static func render(bytes: Int) -> String {
        guard bytes != 0 else { return "0" }
        let unit = sizeUnits.first { bytes % $0.bytes == 0 } ?? ("", 1)
        return "\(bytes / unit.bytes)\(unit.suffix)"
    }
}
