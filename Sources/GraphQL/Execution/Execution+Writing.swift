internal import JSON

extension Execution {
    /// The place to come back to when what is written from here on becomes null.
    internal var mark: Int { bytes.count }

    /// Takes back what was written since a mark and writes null instead; false when the operation goes no further.
    internal mutating func nullify(from mark: Int) -> Bool {
        guard stop == nil else { return false }
        bytes.removeLast(bytes.count - mark)
        return writeNull()
    }

    internal mutating func writeNull() -> Bool {
        bytes.append(contentsOf: Execution.nullText)
        return true
    }

    internal mutating func writeString(_ text: String) -> Bool {
        JSONText.append(text.utf8Span.span, to: &bytes)
        return true
    }

    internal mutating func writeText(_ render: (inout [UInt8]) -> Void) -> Bool {
        JSONText.append(to: &bytes, rendering: render)
        return true
    }

    internal mutating func writeRaw(_ render: (inout [UInt8]) -> Void) -> Bool {
        render(&bytes)
        return true
    }

    internal mutating func writeNumber(_ digits: String) -> Bool {
        bytes.append(contentsOf: digits.utf8)
        return true
    }

    internal mutating func writeInteger(_ value: Int64) -> Bool {
        JSONText.append(value, to: &bytes)
        return true
    }

    internal mutating func writeBoolean(_ value: Bool) -> Bool {
        bytes.append(contentsOf: value ? Execution.trueText : Execution.falseText)
        return true
    }

    private static let nullText = Array("null".utf8)
    private static let trueText = Array("true".utf8)
    private static let falseText = Array("false".utf8)
}

extension Execution {
    /// Writes an object whose fields are read from a source.
    internal mutating func writeObject<Source>(_ source: Source, _ selection: PlannedSelection) -> Bool {
        let resolvers = FieldResolver<Source>.self
        for field in selection.fields {
            guard step() else { return false }
            bytes.append(contentsOf: field.prefix)
            if case .typeName(let name) = field.content {
                bytes.append(contentsOf: name)
                continue
            }
            let count = errors.count
            let isThere = field.resolver(as: resolvers).run(source, field, &self)
            if errors.count != count { extendPaths(since: count, by: .key(field.key)) }
            guard isThere else { return false }
        }
        bytes.append(contentsOf: selection.ending)
        return true
    }

    /// Writes an object of an interface or union as one of a type.
    internal mutating func writeAbstract<Source>(
        _ source: Source,
        as typeName: String,
        _ field: PlannedField
    ) -> Bool {
        do {
            return writeObject(source, try selection(of: field, for: typeName))
        } catch {
            return fail(error, field)
        }
    }

    /// Writes a list with what `write` writes for each element.
    internal mutating func writeList<Elements: Sequence>(
        _ elements: Elements,
        _ field: PlannedField,
        _ write: WriteValue<Elements.Element>
    ) -> Bool {
        bytes.append(UInt8(ascii: "["))
        var index = 0
        for element in elements {
            guard step() else { return false }
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let count = errors.count
            let isThere = write(element, field, &self)
            if errors.count != count { extendPaths(since: count, by: .index(index)) }
            guard isThere else { return false }
            index += 1
        }
        bytes.append(UInt8(ascii: "]"))
        return true
    }
}
