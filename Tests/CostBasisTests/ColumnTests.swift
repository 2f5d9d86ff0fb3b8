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
    }

    @Test
    func `what is frozen is shared, and writes to it are seen by later readers alone`() {
        var column = ReportColumn<Int64>()
        for number in 0..<10 { column.append(Int64(number)) }
        column.freeze()
        let first = column.snapshot()
        column[3] = 33
        column.append(10)
        let second = column.snapshot()
        column[10] += 1
        column[3] += 1
        #expect(first.count == 10 && first[3] == 3)
        #expect(second.count == 11 && second[3] == 33 && second[10] == 10 && second[4] == 4)
        #expect(column[3] == 34 && column[10] == 11 && column.count == 11)
        #expect(column.snapshot().partitioningIndex { $0 >= 6 } == 6)
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
