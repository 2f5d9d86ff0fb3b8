/// Writes one JSON value as bytes, with members in the order in which they are given.
///
/// Commas and colons are placed by the writer. A call that would make no valid JSON (a value without a key inside
/// an object, an end without its beginning) is our own fault and stops the program.
public struct JSONWriter: Sendable {
    /// How much white space is written.
    public enum Style: Sendable, Hashable {
        /// None at all.
        case compact
        /// Lines with two blanks per level, for people.
        case pretty
    }

    /// The deepest nesting that can be written.
    public static let depthMax = 64

    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []

    private let style: Style
    /// One bit per open container, the innermost lowest: 1 for an object, 0 for an array.
    private var objects: UInt64 = 0
    private var depth = 0
    /// Whether the innermost container has no element yet.
    private var isFirst = true
    /// Whether a key waits for its value.
    private var hasKey = false

    /// A writer with room for that many bytes before it must grow.
    public init(style: Style = .compact, capacity: Int = 0) {
        self.style = style
        bytes.reserveCapacity(capacity)
    }

    /// What was written since the last call once it is so many bytes, so that a long value need not stand in memory.
    ///
    /// The bytes that follow belong behind it; `finish` then gives the last of them.
    public mutating func take(atLeast count: Int) -> [UInt8]? {
        guard bytes.count >= count else { return nil }
        let piece = bytes
        bytes.removeAll(keepingCapacity: true)
        return piece
    }

    /// The finished bytes; the value must be complete.
    public consuming func finish() -> [UInt8] {
        precondition(depth == 0, "JSON is finished with a container open")
        precondition(!isFirst, "JSON is finished without a value")
        return bytes
    }
}

// MARK: - Containers

extension JSONWriter {
    /// Opens an object.
    public mutating func beginObject() {
        open(UInt8(ascii: "{"), bit: 1)
    }

    /// Closes the object opened last.
    public mutating func endObject() {
        precondition(depth > 0 && objects & 1 == 1, "endObject where no object is open")
        precondition(!hasKey, "an object ends after a key without value")
        close(UInt8(ascii: "}"))
    }

    /// Opens an array.
    public mutating func beginArray() {
        open(UInt8(ascii: "["), bit: 0)
    }

    /// Closes the array opened last.
    public mutating func endArray() {
        precondition(depth > 0 && objects & 1 == 0, "endArray where no array is open")
        close(UInt8(ascii: "]"))
    }

    private mutating func open(_ mark: UInt8, bit: UInt64) {
        precondition(depth < JSONWriter.depthMax, "JSON is nested deeper than \(JSONWriter.depthMax)")
        separateValue()
        bytes.append(mark)
        objects = objects << 1 | bit
        depth += 1
        isFirst = true
    }

    private mutating func close(_ mark: UInt8) {
        depth -= 1
        objects >>= 1
        if style == .pretty, !isFirst { breakLine() }
        bytes.append(mark)
        isFirst = false
    }
}

// MARK: - Members that are arrays

extension JSONWriter {
    /// Writes a member that is an array, with what `write` writes for each element.
    public mutating func array<Elements: Sequence>(
        _ name: StaticString,
        _ elements: Elements,
        _ write: (inout JSONWriter, Elements.Element) throws -> Void
    ) rethrows {
        key(name)
        beginArray()
        for element in elements { try write(&self, element) }
        endArray()
    }

    /// Writes a member that is an array of objects, with the members that `write` writes for each element.
    public mutating func objects<Elements: Sequence>(
        _ name: StaticString,
        _ elements: Elements,
        _ write: (inout JSONWriter, Elements.Element) throws -> Void
    ) rethrows {
        try array(name, elements) { json, element in
            json.beginObject()
            try write(&json, element)
            json.endObject()
        }
    }
}

// MARK: - Keys and separators

extension JSONWriter {
    /// Writes the key of an object's next member.
    public mutating func key(_ name: StaticString) {
        precondition(name.hasPointerRepresentation, "a key of one scalar needs the form for String")
        let comma = separateKey()
        let text = unsafe UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        unsafe JSONEscape.append(
            Span(_unsafeElements: text),
            before: comma,
            after: UInt8(ascii: ":"),
            to: &bytes
        )
    }

    /// Writes the key of an object's next member from a text known only now.
    @_disfavoredOverload
    public mutating func key(_ name: String) {
        let comma = separateKey()
        JSONEscape.append(name.utf8Span.span, before: comma, after: UInt8(ascii: ":"), to: &bytes)
    }

    /// Writes what stands between two members; the comma is returned instead where it can be written with the key.
    private mutating func separateKey() -> UInt8 {
        precondition(depth > 0 && objects & 1 == 1, "a key outside of an object")
        precondition(!hasKey, "two keys without a value between them")
        hasKey = true
        let comma = isFirst ? 0 : UInt8(ascii: ",")
        isFirst = false
        guard style == .pretty else { return comma }
        if comma != 0 { bytes.append(comma) }
        breakLine()
        return 0
    }

    private mutating func separateValue() {
        if hasKey {
            hasKey = false
            if style == .pretty { bytes.append(UInt8(ascii: " ")) }
            return
        }
        guard depth > 0 else {
            precondition(isFirst, "a second value after the end of the first")
            isFirst = false
            return
        }
        precondition(objects & 1 == 0, "a value without key inside an object")
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        if style == .pretty { breakLine() }
        isFirst = false
    }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth {
            bytes.append(UInt8(ascii: " "))
            bytes.append(UInt8(ascii: " "))
        }
    }
}

// MARK: - Values

extension JSONWriter {
    /// Writes a string.
    public mutating func string(_ text: String) {
        separateValue()
        JSONEscape.append(text.utf8Span.span, to: &bytes)
    }

    /// Writes a string from its UTF-8 bytes, without making a `String` of them.
    ///
    /// Bytes that are not UTF-8 would make the whole text invalid: give only what was checked or rendered here.
    public mutating func string(utf8: Span<UInt8>) {
        separateValue()
        JSONEscape.append(utf8, to: &bytes)
    }

    /// Writes a string from its UTF-8 bytes; as `string(utf8: Span<UInt8>)`.
    public mutating func string(utf8: [UInt8]) {
        string(utf8: utf8.span)
    }

    /// Writes a string that the closure appends to the output itself, for texts such as amounts and times.
    ///
    /// What it appends is escaped afterwards if it needs that; it may only append.
    @inlinable
    public mutating func string(rendering render: (inout [UInt8]) -> Void) {
        let start = beginRendering()
        render(&rendered)
        endRendering(from: start)
    }

    /// Writes a number by its digits, which must be a JSON number.
    public mutating func number(text: String) {
        precondition(JSONNumber.isValid(text.utf8Span.span), "not a JSON number")
        separateValue()
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes a number by its digits as bytes, which must be a JSON number.
    public mutating func number(utf8: Span<UInt8>) {
        precondition(JSONNumber.isValid(utf8), "not a JSON number")
        separateValue()
        bytes.append(addingCapacity: utf8.count) { output in
            for index in utf8.indices { output.append(utf8[index]) }
        }
    }

    /// Writes an integer.
    public mutating func integer(_ value: Int) {
        integer(Int64(value))
    }

    /// Writes an integer.
    public mutating func integer(_ value: Int64) {
        separateValue()
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        JSONNumber.append(value.magnitude, to: &bytes)
    }

    /// Writes an integer.
    public mutating func integer(_ value: UInt64) {
        separateValue()
        JSONNumber.append(value, to: &bytes)
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        separateValue()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    public mutating func null() {
        separateValue()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a string, or `null` where there is none.
    public mutating func string(orNull text: String?) {
        guard let text else { return null() }
        string(text)
    }

    /// Writes a whole value with all that is in it.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let text): number(text: text)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// The output, for the closure of `string(rendering:)` alone.
    @usableFromInline
    internal var rendered: [UInt8] {
        get { bytes }
        _modify { yield &bytes }
    }

    @usableFromInline
    internal mutating func beginRendering() -> Int {
        separateValue()
        bytes.append(UInt8(ascii: "\""))
        return bytes.count
    }

    @usableFromInline
    internal mutating func endRendering(from start: Int) {
        precondition(bytes.count >= start, "a rendering closure took bytes away")
        if JSONEscape.needsEscape(bytes.span.extracting(start...)) {
            let text = Array(bytes[start...])
            bytes.removeSubrange((start - 1)...)
            JSONEscape.append(text.span, to: &bytes)
        } else {
            bytes.append(UInt8(ascii: "\""))
        }
    }
}
