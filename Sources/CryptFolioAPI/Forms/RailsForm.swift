import JSON

/// Why a body is not taken, in words.
struct FormFault: Error, Hashable {
    let words: String

    init(_ words: String) {
        self.words = words
    }
}

/// The bounds of forms, the same as those of JSON.
enum FormLimits {
    /// Pairs of name and value.
    static let pairsMax = 10_000
    /// Brackets of one name.
    static let depthMax = 32
    /// Bytes of one name or value.
    static let textBytesMax = 65_536
}

/// Reads names with brackets as Rails does: `a[b]=1` is an object in `a`, `a[]=1` an element of a list.
///
/// Within a list of objects, a key that the last object has already opens the next one. A name without an equals sign
/// has no value: `a[]` alone is an empty list. A single value that is given twice is refused, and so is whatever would need
/// one name to be two sorts of thing.
struct RailsForm {
    /// A value that is still being put together.
    private final class Node {
        var shape: Shape

        init(_ shape: Shape) {
            self.shape = shape
        }
    }

    private enum Shape {
        case text(JSONValue)
        case list([Node])
        case object(Members)
    }

    private struct Members {
        var keys: [String] = []
        var nodes: [String: Node] = [:]
    }

    /// What stands between two brackets.
    private enum Step: Hashable {
        case next
        case key(String)
    }

    private let root = Node(.object(Members()))

    /// The value of pairs in the order in which they came; linear in their length.
    ///
    /// - Throws: `FormFault` with the first name that is not in order.
    static func parse(_ pairs: [(name: String, value: String?)]) throws(FormFault) -> JSONValue {
        guard pairs.count <= FormLimits.pairsMax else {
            throw FormFault("a form has at most \(FormLimits.pairsMax) fields")
        }
        let form = RailsForm()
        for pair in pairs {
            let (base, steps) = try split(pair.name)
            let value = pair.value.map { JSONValue.string($0) } ?? .null
            try form.put(value, steps[...], under: base, in: form.root, pair.name)
        }
        return RailsForm.value(of: form.root)
    }

    // MARK: Names

    private static func split(_ name: String) throws(FormFault) -> (base: String, steps: [Step]) {
        let bytes = Array(name.utf8)
        let end = bytes.firstIndex(of: UInt8(ascii: "[")) ?? bytes.count
        guard end > 0, !bytes[..<end].contains(UInt8(ascii: "]")) else { throw malformed(name) }
        var steps: [Step] = []
        var position = end
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "["),
                let close = bytes[position...].firstIndex(of: UInt8(ascii: "]"))
            else { throw malformed(name) }
            let key = bytes[(position + 1)..<close]
            guard !key.contains(UInt8(ascii: "[")) else { throw malformed(name) }
            // A list in a list has no end that could be told.
            if key.isEmpty, steps.last == .next { throw malformed(name) }
            steps.append(key.isEmpty ? .next : .key(String(decoding: key, as: UTF8.self)))
            guard steps.count < FormLimits.depthMax else {
                throw FormFault("\(shown(name)) is nested deeper than \(FormLimits.depthMax)")
            }
            position = close + 1
        }
        return (String(decoding: bytes[..<end], as: UTF8.self), steps)
    }

    private static func malformed(_ name: String) -> FormFault {
        FormFault("\(shown(name)) is not a name with brackets in order")
    }

    private static func mixed(_ name: String) -> FormFault {
        FormFault("\(shown(name)) is given as two sorts of thing")
    }

    /// The beginning of a name, for a message.
    static func shown(_ name: String) -> String {
        name.unicodeScalars.count <= 40
            ? name : String(String.UnicodeScalarView(name.unicodeScalars.prefix(40))) + "…"
    }

    // MARK: Putting together

    private func put(
        _ value: JSONValue,
        _ steps: ArraySlice<Step>,
        under key: String,
        in parent: Node,
        _ name: String
    ) throws(FormFault) {
        guard let step = steps.first else {
            // In Rails the last one counts; which was meant nobody knows, as with a doubled key of JSON.
            if case .object(let members) = parent.shape, let known = members.nodes[key],
                case .text = known.shape
            {
                throw FormFault("\(RailsForm.shown(name)) is given twice")
            }
            try set(key, in: parent, name) { known in known == nil ? Node(.text(value)) : nil }
            return
        }
        switch step {
        case .key(let inner):
            let child = try child(key, of: parent, name, .object(Members())) { shape in
                if case .object = shape { true } else { false }
            }
            try put(value, steps.dropFirst(), under: inner, in: child, name)
        case .next:
            let list = try child(key, of: parent, name, .list([])) { shape in
                if case .list = shape { true } else { false }
            }
            try append(value, steps.dropFirst(), to: list, name)
        }
    }

    private func append(
        _ value: JSONValue,
        _ steps: ArraySlice<Step>,
        to list: Node,
        _ name: String
    ) throws(FormFault) {
        guard case .list(var elements) = list.shape else { throw RailsForm.mixed(name) }
        // The elements are changed in place: a copy for each would make this quadratic.
        list.shape = .list([])
        defer { list.shape = .list(elements) }
        guard case .key(let inner)? = steps.first else {
            // The name alone, without a value, makes an empty list.
            guard !value.isNull else { return }
            if let last = elements.last, case .object = last.shape { throw RailsForm.mixed(name) }
            elements.append(Node(.text(value)))
            return
        }
        if let last = elements.last {
            guard case .object = last.shape else { throw RailsForm.mixed(name) }
            if !RailsForm.has(steps, in: last) {
                return try put(value, steps.dropFirst(), under: inner, in: last, name)
            }
        }
        let next = Node(.object(Members()))
        elements.append(next)
        try put(value, steps.dropFirst(), under: inner, in: next, name)
    }

    /// Whether an object has what a path names; of a path that ends in a list it is never said.
    private static func has(_ steps: ArraySlice<Step>, in node: Node) -> Bool {
        var node = node
        for step in steps {
            guard case .key(let key) = step, case .object(let members) = node.shape,
                let inner = members.nodes[key]
            else { return false }
            node = inner
        }
        return true
    }

    private func child(
        _ key: String,
        of parent: Node,
        _ name: String,
        _ empty: @autoclosure () -> Shape,
        isFit: (Shape) -> Bool
    ) throws(FormFault) -> Node {
        var found: Node?
        let fresh = empty()
        try set(key, in: parent, name) { known in
            if let known, !isFit(known.shape) { return nil }
            found = known ?? Node(fresh)
            return found
        }
        guard let found else { throw RailsForm.mixed(name) }
        return found
    }

    /// Sets a member of an object to what the closure makes of the one that is there; nil from it is a refusal.
    private func set(
        _ key: String,
        in parent: Node,
        _ name: String,
        _ change: (Node?) -> Node?
    ) throws(FormFault) {
        guard case .object(var members) = parent.shape else { throw RailsForm.mixed(name) }
        // As above: changed in place.
        parent.shape = .object(Members())
        defer { parent.shape = .object(members) }
        let known = members.nodes[key]
        guard let node = change(known) else { throw RailsForm.mixed(name) }
        if known == nil { members.keys.append(key) }
        members.nodes[key] = node
    }

    private static func value(of node: Node) -> JSONValue {
        switch node.shape {
        case .text(let value): value
        case .list(let elements): .array(elements.map { value(of: $0) })
        case .object(let members):
            .object(
                members.keys.map { key in
                    JSONMember(key: key, value: members.nodes[key].map { value(of: $0) } ?? .null)
                }
            )
        }
    }
}

/// Takes urlencoded text apart, strictly: what is no escape and what is no UTF-8 is refused.
enum FormText {
    /// The pairs of a text in their order; a piece without an equals sign has no value.
    ///
    /// - Throws: `FormFault`.
    static func pairs(_ bytes: [UInt8]) throws(FormFault) -> [(name: String, value: String?)] {
        var pairs: [(name: String, value: String?)] = []
        for piece in bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            guard pairs.count < FormLimits.pairsMax else {
                throw FormFault("a form has at most \(FormLimits.pairsMax) fields")
            }
            let equals = piece.firstIndex(of: UInt8(ascii: "="))
            let name = try decode(piece[..<(equals ?? piece.endIndex)])
            let value = try equals.map { (index) throws(FormFault) in try decode(piece[(index + 1)...]) }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(FormFault) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 1 < bytes.endIndex, let high = digit(bytes[index]),
                    let low = digit(bytes[index + 1])
                else {
                    throw FormFault("a percent sign stands before something else than two hexadecimal digits")
                }
                decoded.append(high << 4 | low)
                index += 2
            default: decoded.append(byte)
            }
        }
        return try text(decoded)
    }

    /// Bytes as text.
    static func text(_ bytes: [UInt8]) throws(FormFault) -> String {
        guard bytes.count <= FormLimits.textBytesMax else {
            throw FormFault("a name or value has at most \(FormLimits.textBytesMax) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FormFault("a name or value is not UTF-8")
        }
        return text
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }
}
