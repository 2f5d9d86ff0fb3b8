/// A form of text that only the program itself can check, such as a day or the name of a time zone.
public struct SettingForm: Sendable, Hashable {
    /// What is expected, in words that finish the sentence "expected …".
    public let expectation: String
    private let accepts: @Sendable (String) -> Bool

    /// A form with its check; forms with the same expectation count as equal.
    public init(_ expectation: String, accepts: @escaping @Sendable (String) -> Bool) {
        self.expectation = expectation
        self.accepts = accepts
    }

    /// Whether a text has the form.
    public func matches(_ text: String) -> Bool { accepts(text) }

    /// Whether two forms expect the same.
    public static func == (left: SettingForm, right: SettingForm) -> Bool {
        left.expectation == right.expectation
    }

    /// Hashes what is expected.
    public func hash(into hasher: inout Hasher) { hasher.combine(expectation) }
}

/// A setting of an earlier version whose place another one took.
public struct ReplacedSetting: Sendable, Hashable {
    /// The key that is no more.
    public let key: String
    /// What to write instead, in words that finish the sentence "write …".
    public let instead: String

    /// A replaced setting from its parts.
    public init(_ key: String, instead: String) {
        self.key = key
        self.instead = instead
    }
}
