import CommandLine
import Ledger
import Money
import Services
import Storage

/// `coffer gains`: realised gains, income and what is missing.
enum GainsCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        let kind = context.command.value("csv").flatMap(GainsCSVKind.init(rawValue:))
        if kind != nil, context.json { throw UsageError.together("csv", "json") }
        let year = try context.command.integer("year", in: 1...9999)
        guard let ledger = try context.ledger() else { return .badInput }
        let work = Work(
            workspace: ledger.workspace,
            user: ledger.user,
            settings: context.reportSettings(),
            year: year
        )
        let isExplained = context.command.flag("explain")
        if isExplained, kind != nil { throw UsageError.together("csv", "explain") }
        for name in ["entry", "asset"] where !isExplained && context.command.value(name) != nil {
            throw UsageError.alone(name, needs: "explain")
        }
        if isExplained {
            let entry = try context.command.integer("entry", in: 1...Int.max)
            let explanation = try ledger.workspace.explanation(
                of: ledger.user,
                settings: work.settings,
                filter: ExplanationFilter(
                    year: year,
                    entry: entry.map { EntryID(raw: Int64($0)) },
                    asset: context.command.value("asset")
                )
            )
            try context.deliver { write in
                try write(
                    context.json
                        ? ExplanationJSON.render(explanation) + [UInt8(ascii: "\n")]
                        : ExplanationText.render(explanation)
                )
            }
        } else if let kind {
            let bytes = try work.csv(kind)
            try context.deliver { write in try write(bytes) }
        } else {
            let report = try work.gains(withYearEnds: context.json || year != nil)
            try context.deliver { write in
                if context.json {
                    try GainsJSON.render(report, write)
                } else {
                    try GainsText.render(report, write)
                }
            }
        }
        return .ok
    }

    /// What a report is made of and for.
    private struct Work {
        let workspace: Workspace
        let user: UserID
        let settings: ReportSettings
        let year: Int?

        func gains(withYearEnds: Bool = false) throws -> GainsReport {
            try workspace.gains(of: user, settings: settings, year: year, withYearEnds: withYearEnds)
        }

        func csv(_ kind: GainsCSVKind) throws -> [UInt8] {
            switch kind {
            case .disposals: GainsCSV.disposals(try gains())
            case .lots: GainsCSV.lots(try gains())
            case .byAsset: GainsCSV.assets(try gains())
            case .byYear: GainsCSV.years(try gains())
            case .income: GainsCSV.income(try gains())
            case .yearEnd: GainsCSV.yearEnds(try gains(withYearEnds: true))
            case .form8949:
                GainsCSV.form8949(
                    try workspace.form8949(of: user, settings: settings, year: year),
                    decimals: try decimals()
                )
            case .unitedKingdom:
                GainsCSV.unitedKingdom(
                    try workspace.ukComputation(of: user, settings: settings, year: year),
                    decimals: try decimals()
                )
            }
        }

        private func decimals() throws -> Int {
            try workspace.currency(settings.currency, of: user).decimals
        }
    }
}

extension CommandContext {
    /// Writes a result to the file that `--output` names, else to standard output.
    ///
    /// The result is given to the closure's own closure in pieces.
    func deliver(_ render: (_ write: ([UInt8]) throws -> Void) throws -> Void) throws {
        guard let typed = command.value("output") else { return try render { output.write($0) } }
        let path = path(typed)
        var count = 0
        try FileTarget.write(to: path) { write in
            try withoutActuallyEscaping(write) { write in
                try render { piece in
                    count += piece.count
                    try write(piece)
                }
            }
        }
        if json {
            output.writeJSON(Array("{\"bytes\":\(count)}".utf8))
        } else {
            output.line("\(count) bytes written to \(path)")
        }
    }
}
