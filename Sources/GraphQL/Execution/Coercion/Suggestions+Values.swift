extension Suggestions {
    /// What might have been meant by a name, behind a blank, or nothing.
    static func didYouMean(_ name: String, _ options: [String]) -> String {
        words(nearest(to: name, among: options))
    }

    /// Which value of an enum might have been meant, behind a blank, or nothing.
    static func enumValue(_ text: String, of values: Definitions<EnumValue>) -> String {
        words(nearest(to: text, among: values.names), "the enum value")
    }
}
