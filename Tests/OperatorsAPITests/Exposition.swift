import Testing

/// One sample line of the text format.
struct Sample: Hashable {
    let name: String
    let labels: [String: String]
    let value: String
}

/// Why a text is not what Prometheus reads.
struct ExpositionError: Error, CustomStringConvertible {
    let line: Int
    let reason: String

    var description: String { "line \(line): \(reason)" }
}

/// A strict reader of the text exposition format 0.0.4.
///
/// Refused besides broken lines: samples without HELP and TYPE before them, a family in two places, a sample twice,
/// counters that do not end in `_total`, negative counts, and histograms whose buckets do not add up.
struct Exposition {
    private(set) var samples: [Sample] = []
    private(set) var types: [String: String] = [:]
    private var help: Set<String> = []
    private var seen: Set<String> = []
    private var family: String?

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw ExpositionError(line: 0, reason: "no line end at the end") }
        for (index, line) in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            do {
                try take(String(line))
            } catch let error as ExpositionError {
                throw ExpositionError(line: index + 1, reason: error.reason + ": " + line)
            }
        }
        try checkHistograms()
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> String? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private func fail(_ reason: String) -> ExpositionError { ExpositionError(line: 0, reason: reason) }

    private mutating func take(_ line: String) throws {
        guard line.hasPrefix("#") else { return try takeSample(line) }
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(
            String.init
        )
        guard words.count == 4, words[0] == "#", Exposition.isName(words[2]) else {
            throw fail("broken comment")
        }
        switch words[1] {
        case "HELP":
            guard help.insert(words[2]).inserted else { throw fail("HELP twice") }
            family = words[2]
        case "TYPE":
            guard family == words[2], types[words[2]] == nil else {
                throw fail("TYPE is not right behind HELP")
            }
            guard ["counter", "gauge", "histogram"].contains(words[3]) else { throw fail("unknown type") }
            guard words[3] != "counter" || words[2].hasSuffix("_total") else {
                throw fail("a counter's name")
            }
            types[words[2]] = words[3]
        default: throw fail("unknown comment")
        }
    }

    private mutating func takeSample(_ line: String) throws {
        let bytes = Array(line.utf8)
        let nameEnd = bytes.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") } ?? bytes.count
        let name = String(decoding: bytes[..<nameEnd], as: UTF8.self)
        var index = nameEnd
        let labels = try Exposition.labels(bytes, &index)
        guard index < bytes.count, bytes[index] == UInt8(ascii: " ") else {
            throw fail("no blank before the value")
        }
        let value = String(decoding: bytes[(index + 1)...], as: UTF8.self)
        guard Exposition.isName(name), Exposition.isNumber(value) else { throw fail("broken name or value") }
        guard let family, types[family] != nil else { throw fail("a sample without TYPE") }
        let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { family + $0 == name }) else {
            throw fail("a sample of another family")
        }
        guard types[family] == "gauge" || !value.hasPrefix("-") else { throw fail("a negative count") }
        guard seen.insert(name + "\(labels.sorted { $0.key < $1.key })").inserted else {
            throw fail("a sample twice")
        }
        samples.append(Sample(name: name, labels: labels, value: value))
    }

    private static func labels(_ bytes: [UInt8], _ index: inout Int) throws -> [String: String] {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else { return [:] }
        var labels: [String: String] = [:]
        var isEnded = false
        while !isEnded {
            index += 1
            guard let equals = bytes[index...].firstIndex(of: UInt8(ascii: "=")), equals + 1 < bytes.count,
                bytes[equals + 1] == UInt8(ascii: "\"")
            else { throw ExpositionError(line: 0, reason: "broken label") }
            let name = String(decoding: bytes[index..<equals], as: UTF8.self)
            index = equals + 2
            var value: [UInt8] = []
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                if bytes[index] == UInt8(ascii: "\\") {
                    index += 1
                    guard index < bytes.count, "\\\"n".utf8.contains(bytes[index]) else {
                        throw ExpositionError(line: 0, reason: "broken escape")
                    }
                }
                value.append(bytes[index])
                index += 1
            }
            guard isName(name), !name.contains(":"), index + 1 < bytes.count,
                labels.updateValue(String(decoding: value, as: UTF8.self), forKey: name) == nil
            else { throw ExpositionError(line: 0, reason: "broken label") }
            index += 1
            guard bytes[index] == UInt8(ascii: ",") || bytes[index] == UInt8(ascii: "}") else {
                throw ExpositionError(line: 0, reason: "broken label list")
            }
            isEnded = bytes[index] == UInt8(ascii: "}")
        }
        index += 1
        return labels
    }

    private func checkHistograms() throws {
        for (family, type) in types where type == "histogram" {
            let buckets = samples.filter { $0.name == family + "_bucket" }
            let groups = Set(buckets.map { $0.labels.filter { $0.key != "le" } })
            for labels in groups {
                let mine = buckets.filter { $0.labels.filter { $0.key != "le" } == labels }
                let bounds = try mine.map { sample throws -> Double in
                    guard let text = sample.labels["le"],
                        let bound = text == "+Inf" ? .infinity : Double(text)
                    else {
                        throw ExpositionError(line: 0, reason: "\(family): a bucket without its bound")
                    }
                    return bound
                }
                let counts = mine.compactMap { Int($0.value) }
                guard counts.count == mine.count, counts == counts.sorted(), bounds == bounds.sorted(),
                    Set(bounds).count == bounds.count, bounds.last == .infinity,
                    value(family + "_count", labels) == mine.last?.value,
                    value(family + "_sum", labels) != nil
                else {
                    throw ExpositionError(line: 0, reason: "\(family): buckets do not add up for \(labels)")
                }
            }
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            ($0 >= 48 && $0 <= 58) || ($0 >= 65 && $0 <= 90) || $0 == 95 || ($0 >= 97 && $0 <= 122)
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        ["+Inf", "-Inf", "NaN"].contains(text)
            || (Double(text) != nil && text.utf8.allSatisfy { "0123456789.-+e".utf8.contains($0) })
    }
}
