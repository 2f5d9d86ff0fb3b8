/// Checks documents that define a schema, before one is made of them.
internal enum SchemaDocumentRules {
    /// What is wrong, in the order in which it is found.
    static func check(_ document: AST.Document) throws(SchemaFault) -> [GraphQLError] {
        // What the language itself brings is what there is before the document.
        let base = try SchemaAssembly().finishUnchecked()
        return Validator.run(
            rules,
            ValidationContext(schema: base, document: document, errorsMax: errorsMax, hidesSuggestions: false)
        )
    }

    /// The most errors that are told of one document.
    private static let errorsMax = 1_000

    private static var rules: [any ValidationRule.Type] {
        [
            LoneSchemaDefinitionRule.self,
            UniqueOperationTypesRule.self,
            UniqueTypeNamesRule.self,
            UniqueEnumValueNamesRule.self,
            UniqueFieldDefinitionNamesRule.self,
            UniqueArgumentDefinitionNamesRule.self,
            UniqueDirectiveNamesRule.self,
            KnownTypeNamesRule.self,
            KnownDirectivesRule.self,
            UniqueDirectivesPerLocationRule.self,
            PossibleTypeExtensionsRule.self,
            KnownArgumentNamesOnDirectivesRule.self,
            UniqueArgumentNamesRule.self,
            UniqueInputFieldNamesRule.self,
            ProvidedRequiredArgumentsOnDirectivesRule.self,
        ]
    }
}
