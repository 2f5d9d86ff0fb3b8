import HTTPServer

/// The forms and answers that a document shows once, by name.
struct Components {
    private(set) var schemas: [String: ValueSchema] = [:]
    private(set) var answers: [String: AnswerDescription] = [:]

    mutating func gather(_ route: RouteDescription) {
        for parameter in route.parameters { gather(parameter.schema) }
        for media in route.body?.content ?? [] { gather(media.schema) }
        for answer in route.answers {
            for media in answer.content { gather(media.schema) }
            for header in answer.headers { gather(header.schema) }
            // An answer that shares its status with another is shown with its route.
            guard let name = answer.name, route.answers.count(where: { $0.status == answer.status }) == 1
            else { continue }
            let known = answers.updateValue(answer, forKey: name)
            precondition(known == nil || known == answer, "two answers are named \(name)")
        }
    }

    private mutating func gather(_ schema: ValueSchema) {
        switch schema {
        case .named(let name, let inner):
            let known = schemas.updateValue(inner, forKey: name)
            precondition(known == nil || known == inner, "two forms are named \(name)")
            if known == nil { gather(inner) }
        case .described(_, let inner), .list(let inner, _), .map(let inner): gather(inner)
        case .record(let fields), .form(let fields): for field in fields { gather(field.schema) }
        case .either(let schemas): for schema in schemas { gather(schema) }
        case .anything, .null, .boolean, .integer, .number, .text, .choice, .file: break
        }
    }
}
