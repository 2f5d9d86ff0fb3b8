import Testing

@testable import CostBasis

@Suite("Columns")
private struct ColumnTests {
    @Test
    func `a column keeps what it holds while it grows into large rooms`() {
        var column = Column<Int64>()
        // The last rooms are above the size from which large pages are asked for.
        let count = Limits.largePagesFromBytes / 8 + 1000
        for number in 0..<count { column.append(Int64(number)) }
        column[7] += 1
        #expect(column.count == count)
        #expect(column[7] == 8)
        #expect(stride(from: 8, to: count, by: 997).allSatisfy { column[$0] == Int64($0) })
        let taken = column.take()
        #expect(column.count == 0)
        #expect(taken.count == count && taken[count - 1] == Int64(count - 1))
    }

    @Test
    func `elements with references are released with their column`() {
        final class Marker: Sendable {}
        weak var seen: Marker?
        do {
            let marker = Marker()
            seen = marker
            var column = Column(repeating: [marker], count: 3)
            column.append([marker, marker])
            for _ in 0..<100 { column.append([]) }
            #expect(column[3].count == 2)
        }
        #expect(seen == nil)
    }
}
