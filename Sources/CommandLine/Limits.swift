/// The named limits of this room.
enum Limits {
    /// The width of help screens in columns.
    static let helpColumns = 80
    /// The longest piece of a user's text that an error repeats, in characters.
    static let quotedScalarsMax = 60
    /// The longest word for which a nearest known name is looked for, in bytes.
    static let suggestionBytesMax = 64
    /// The largest settings file, in bytes.
    static let settingsFileBytesMax = 1_048_576
    /// The longest line of a settings file, in bytes.
    static let settingsLineBytesMax = 4_096
    /// The most values of a setting that is a list.
    static let listItemsMax = 100
    /// The largest file that holds a secret, in bytes.
    static let secretFileBytesMax = 4_096
    /// The time before a progress line is first shown, in microseconds.
    static let progressDelayMicroseconds: Int64 = 500_000
    /// The least time between two renderings of a progress line, in microseconds.
    static let progressIntervalMicroseconds: Int64 = 100_000
}
