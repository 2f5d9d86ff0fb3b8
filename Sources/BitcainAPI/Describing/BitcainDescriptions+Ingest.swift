import HTTPServer

extension BitcainAPI {
    /// Files that are brought in.
    static let ingestRoutes = [
        describe(
            .post,
            "/ingest/csv",
            id: "ingest_coinbase_csv",
            summary: "Ingest Coinbase Csv",
            text: """
                Imports Coinbase's transaction history, in any of its generations, or Coffer's own layout. The same \
                file a second time adds nothing. A file with errors imports nothing unless `partial` is set, and all \
                its errors are named.
                """,
            scope: "write",
            parameters: [
                ParameterDescription(
                    "dry_run",
                    in: .query,
                    .boolean,
                    standard: false,
                    "Say what would happen and change nothing."
                ),
                ParameterDescription(
                    "partial",
                    in: .query,
                    .boolean,
                    standard: false,
                    "Import the good rows of a file that has errors."
                ), idempotencyKey,
            ],
            body: BodyDescription(
                "A form with the file.",
                [
                    MediaDescription(
                        "multipart/form-data",
                        .named(
                            "IngestForm",
                            .form([FieldDescription("file", .file, "The exported file, as CSV.")])
                        )
                    )
                ]
            ),
            answers: [
                AnswerDescription(
                    200,
                    "What was imported, or would be.",
                    [.json(ingestForm, example: ingestExample)],
                    headers: [BitcainAnswers.replayed]
                ), BitcainAnswers.error(400, "The form cannot be taken apart, or an amount is out of range."),
                BitcainAnswers.underWay, BitcainAnswers.validation, BitcainAnswers.keyRefused,
            ]
        )
    ]

    private static let ingestForm = ValueSchema.named(
        "Ingest",
        .record([
            BitcainSchemas.success,
            FieldDescription("dry_run", .boolean),
            FieldDescription("rows_total", BitcainSchemas.count),
            FieldDescription("rows_parsed", BitcainSchemas.count),
            FieldDescription("rows_inserted", BitcainSchemas.count, "Entries added to the journal."),
            FieldDescription("duplicates_skipped", BitcainSchemas.count, "Entries that were there already."),
            FieldDescription("errors", .list(issue)),
            FieldDescription("warnings", .list(issue)),
            FieldDescription("notices", .list(issue)),
            FieldDescription("import_id", .either([.text(), .null]), "Null for a dry run."),
            FieldDescription("format", .text(), "The layout that the file was found to have."),
        ])
    )

    private static let issue = ValueSchema.named(
        "Issue",
        .record([
            FieldDescription("line", .integer(minimum: 1)),
            FieldDescription("column", .either([.text(), .null])),
            FieldDescription("code", .text()),
            FieldDescription("message", .text()),
            FieldDescription("found", .text()),
            FieldDescription("expected", .text()),
        ])
    )

    private static let ingestExample = """
        {"success":true,"dry_run":false,"rows_total":4,"rows_parsed":4,"rows_inserted":4,"duplicates_skipped":0,\
        "errors":[],"warnings":[],"notices":[],"import_id":"1","format":"coffer"}
        """
}
