/// One setting with its value and where the value came from.
public struct ResolvedSetting: Sendable, Hashable {
    /// The setting.
    public let spec: SettingSpec
    /// The value as it was written, or nil when unset; of a secret this is the secret itself.
    public let text: String?
    /// The checked value; nil when unset.
    public let value: SettingValue?
    /// Where the value came from.
    public let origin: SettingOrigin

    /// The value as it may be shown: secrets masked, unset as nil.
    public var shownText: String? {
        text.map { spec.kind.isSecret ? "********" : $0 }
    }
}

/// The values of all settings.
///
/// Asking for a key that the table does not have, or for another kind than it has, is a fault of the program and stops it.
public struct Settings: Sendable {
    /// Every setting in the order of the table.
    public let all: [ResolvedSetting]
    private let byKey: [String: ResolvedSetting]

    init(_ all: [ResolvedSetting]) {
        self.all = all
        byKey = Dictionary(all.map { ($0.spec.key, $0) }) { first, _ in first }
    }

    /// The setting of a key.
    public func setting(_ key: String) -> ResolvedSetting {
        guard let setting = byKey[key] else { preconditionFailure("no setting has this key") }
        return setting
    }

    /// The value of a text, choice or secret setting, or nil when it is unset.
    public func textIfSet(_ key: String) -> String? {
        switch setting(key).value {
        case nil: return nil
        case .text(let text): return text
        default: preconditionFailure("the setting is no text")
        }
    }

    /// The value of a text or choice setting that has a default.
    public func text(_ key: String) -> String {
        guard let text = textIfSet(key) else { preconditionFailure("the setting has no default") }
        return text
    }

    /// The values of a list; none when it is unset.
    public func texts(_ key: String) -> [String] {
        switch setting(key).value {
        case nil: return []
        case .texts(let texts): return texts
        default: preconditionFailure("the setting is no list")
        }
    }

    /// The value of a setting of whole numbers or of bytes.
    public func integer(_ key: String) -> Int {
        guard case .integer(let number) = setting(key).value else {
            preconditionFailure("the setting is no whole number or has no default")
        }
        return number
    }

    /// The value of a yes-or-no setting.
    public func boolean(_ key: String) -> Bool {
        guard case .boolean(let truth) = setting(key).value else {
            preconditionFailure("the setting is no boolean or has no default")
        }
        return truth
    }

    /// The value of a time span.
    public func duration(_ key: String) -> Duration {
        guard case .duration(let span) = setting(key).value else {
            preconditionFailure("the setting is no time span or has no default")
        }
        return span
    }
}

extension Settings {
    /// The table of `config show`: key, value and origin of every setting, secrets masked.
    public func render() -> [UInt8] {
        var table = TextTable([.left("setting"), .left("value"), .left("from")])
        for setting in all {
            table.append([setting.spec.key, setting.shownText ?? "-", setting.origin.description])
        }
        return table.render()
    }
}

extension SettingsTable {
    /// The table of all settings in Markdown, for the documentation.
    public func renderMarkdown() -> [UInt8] {
        var text =
            "| setting | variable | option | default | allowed | meaning |\n|---|---|---|---|---|---|\n"
        for spec in specs {
            var name = spec.environmentName(prefix: environmentPrefix)
            if spec.kind.isSecret { name += "` or `\(name)_FILE" }
            let cells = [
                "`\(spec.key)`", "`\(name)`", spec.flag.map { "`--\($0)`" } ?? "",
                spec.defaultText.map { "`\($0)`" } ?? "",
                spec.kind.expectation, spec.summary,
            ]
            text += "| " + cells.map(Self.cell).joined(separator: " | ") + " |\n"
        }
        return Array(text.utf8)
    }

    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
