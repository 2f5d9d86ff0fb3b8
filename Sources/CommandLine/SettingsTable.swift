/// All settings of the program, and the rule by which their values are found.
public struct SettingsTable: Sendable {
    /// The settings in the order in which they are shown.
    public let specs: [SettingSpec]
    /// What the names of the environment's variables start with.
    public let environmentPrefix: String
    /// Variables with that prefix that are no settings and are let pass.
    public let otherEnvironmentNames: Set<String>
    /// Settings of earlier versions, which are refused with what took their place.
    public let replaced: [ReplacedSetting]

    /// A table; keys, flags and names of variables must be unique.
    public init(
        _ specs: [SettingSpec],
        environmentPrefix: String = "COFFER_",
        otherEnvironmentNames: Set<String> = [],
        replaced: [ReplacedSetting] = []
    ) {
        precondition(Set(specs.map(\.key)).count == specs.count, "two settings have the same key")
        let flags = specs.compactMap(\.flag)
        precondition(Set(flags).count == flags.count, "two settings have the same flag")
        let names = specs.map { $0.environmentName(prefix: environmentPrefix) }
        precondition(Set(names).count == names.count, "two settings have the same variable")
        self.specs = specs
        self.environmentPrefix = environmentPrefix
        self.otherEnvironmentNames = otherEnvironmentNames
        self.replaced = replaced
    }

    /// The setting of a key, or nil.
    public func spec(_ key: String) -> SettingSpec? {
        specs.first { $0.key == key }
    }

    /// The options of the settings with the given keys, for a command that takes them.
    public func options(_ keys: [String]) -> [OptionSpec] {
        keys.map { key in
            guard let option = spec(key)?.option else {
                preconditionFailure("no setting with a flag has this key")
            }
            return option
        }
    }

    /// The value of every setting with its origin: option before environment before file before default.
    ///
    /// Every value given anywhere is checked, also one that a stronger origin overrules.
    /// - Parameters:
    ///   - flags: what the command line gave, by the name of the option; names that are no setting's flag are ignored.
    ///   - environment: the process's environment.
    ///   - file: the settings file, or nil when there is none.
    ///   - readSecret: reads the file that a `…_FILE` variable names, or returns nil when it cannot be read.
    /// - Returns: all settings, in the order of the table.
    /// - Throws: the first unknown name or wrong value, in the order flags, environment by name, file by line.
    public func resolve(
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        file: SettingsFile? = nil,
        readSecret: (_ path: String) -> [UInt8]? = { _ in nil }
    ) throws(CommandLineError) -> Settings {
        var found: [String: ResolvedSetting] = [:]
        for spec in specs {
            guard let flag = spec.flag, let text = flags[flag] else { continue }
            found[spec.key] = try Self.resolved(spec, text, origin: .flag(flag))
        }
        let fromEnvironment = try environmentValues(environment, readSecret: readSecret)
        let fromFile = try fileValues(file)
        let all = try specs.map { spec throws(CommandLineError) in
            if let setting = found[spec.key] ?? fromEnvironment[spec.key] ?? fromFile[spec.key] {
                return setting
            }
            guard let text = spec.defaultText else {
                return ResolvedSetting(spec: spec, text: nil, value: nil, origin: .standard)
            }
            return try Self.resolved(spec, text, origin: .standard)
        }
        return Settings(all)
    }

    /// Checks a key and a value that are about to be stored, as `config set` does.
    ///
    /// - Throws: `CommandLineError.unknownSetting` or `.badSetting`.
    public func check(key: String, text: String) throws(CommandLineError) {
        guard let spec = spec(key) else {
            throw unknown(key, place: .commandLine)
        }
        _ = try Self.resolved(spec, text, origin: .commandLine)
    }

    /// The error for a key that is not there.
    private func unknown(_ key: String, place: SettingPlace) -> CommandLineError {
        if let old = replaced.first(where: { $0.key == key }) {
            return .replacedSetting(key, place: place, instead: old.instead)
        }
        return .unknownSetting(
            key,
            place: place,
            nearest: NearestName.suggest(key, among: specs.map(\.key))
        )
    }

    private func environmentName(ofKey key: String) -> String {
        SettingSpec.environmentName(ofKey: key, prefix: environmentPrefix)
    }

    private static func resolved(
        _ spec: SettingSpec,
        _ text: String,
        origin: SettingOrigin
    ) throws(CommandLineError) -> ResolvedSetting {
        guard let value = spec.kind.parse(text) else {
            throw .badSetting(
                key: spec.key,
                value: spec.kind.isSecret ? nil : text,
                origin: origin,
                expected: spec.kind.expectation
            )
        }
        return ResolvedSetting(spec: spec, text: text, value: value, origin: origin)
    }

    private func environmentValues(
        _ environment: [String: String],
        readSecret: (_ path: String) -> [UInt8]?
    ) throws(CommandLineError) -> [String: ResolvedSetting] {
        var byName: [String: SettingSpec] = [:]
        for spec in specs { byName[spec.environmentName(prefix: environmentPrefix)] = spec }
        var values: [String: ResolvedSetting] = [:]
        let names = environment.keys.filter {
            $0.hasPrefix(environmentPrefix) && !otherEnvironmentNames.contains($0)
        }
        for name in names.sorted() {
            guard let text = environment[name] else { continue }
            if let spec = byName[name] {
                values[spec.key] = try Self.resolved(spec, text, origin: .environment(name))
            } else if name.hasSuffix("_FILE"), let spec = byName[String(name.dropLast(5))], spec.kind.isSecret
            {
                guard environment[String(name.dropLast(5))] == nil else {
                    throw .secretGivenTwice(name: String(name.dropLast(5)))
                }
                let secret = try Self.secret(in: readSecret(text), name: name, path: text)
                values[spec.key] = try Self.resolved(spec, secret, origin: .environmentFile(name, path: text))
            } else {
                if let old = replaced.first(where: { environmentName(ofKey: $0.key) == name }) {
                    throw .replacedSetting(name, place: .environment, instead: old.instead)
                }
                let secrets = byName.filter { $0.value.kind.isSecret }.keys.map { $0 + "_FILE" }
                let nearest = NearestName.suggest(name, among: byName.keys.sorted() + secrets.sorted())
                throw .unknownSetting(name, place: .environment, nearest: nearest)
            }
        }
        return values
    }

    private static func secret(
        in bytes: [UInt8]?,
        name: String,
        path: String
    ) throws(CommandLineError) -> String {
        guard var bytes else { throw .unusableSecretFile(name: name, path: path, reason: "cannot be read") }
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty else { throw .unusableSecretFile(name: name, path: path, reason: "is empty") }
        guard bytes.count <= Limits.secretFileBytesMax else {
            throw .unusableSecretFile(
                name: name,
                path: path,
                reason: "is larger than \(Limits.secretFileBytesMax) bytes"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 })
        else {
            throw .unusableSecretFile(name: name, path: path, reason: "is not one line of text")
        }
        return text
    }

    private func fileValues(_ file: SettingsFile?) throws(CommandLineError) -> [String: ResolvedSetting] {
        var values: [String: ResolvedSetting] = [:]
        guard let file else { return values }
        for entry in file.entries {
            guard let spec = spec(entry.key) else {
                throw unknown(entry.key, place: .file(path: file.path, line: entry.line))
            }
            let origin = SettingOrigin.file(path: file.path, line: entry.line)
            values[spec.key] = try Self.resolved(spec, entry.text, origin: origin)
        }
        return values
    }
}
