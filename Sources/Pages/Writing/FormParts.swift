import Time

/// A sentence about a field of a form, or about the form.
struct Problem: Sendable, Equatable {
    /// The field's name; nil for the form as a whole.
    let field: String?
    let text: String

    init(_ text: String, of field: String? = nil) {
        self.field = field
        self.text = text
    }
}

/// The pieces that forms are made of.
enum FormParts {
    /// The name of the field that proves where a form came from.
    static let tokenName = "csrf"

    static func token(_ token: String) -> Markup { hidden(tokenName, token) }

    static func hidden(_ name: String, _ value: String) -> Markup {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">\n"
    }

    /// The list of what is wrong, at the top of a page, each with a link to its field.
    static func summary(_ problems: [Problem]) -> Markup {
        guard !problems.isEmpty else { return "" }
        let items = problems.map { problem -> Markup in
            guard let field = problem.field else { return "<li>\(capital(problem.text))</li>\n" }
            return "<li><a href=\"#\(field)\">\(capital(problem.text))</a></li>\n"
        }
        return """
            <div class="panel errors" role="alert" aria-labelledby="errors">
            <h2 id="errors">That did not work</h2>
            <ul>
            \(items)</ul>
            </div>

            """
    }

    /// A sentence about what was just done.
    static func done(_ text: Markup) -> Markup {
        "<div class=\"panel done\" role=\"status\">\(text)</div>\n"
    }

    /// One line to type into.
    static func input(
        _ name: String,
        _ label: String,
        type: StaticString = "text",
        value: String = "",
        hint: String? = nil,
        autocomplete: StaticString = "off",
        extra: Markup = "",
        problems: [Problem] = []
    ) -> Markup {
        let about = description(of: name, hint, problems)
        let kind = Markup(stringLiteral: type)
        let completion = Markup(stringLiteral: autocomplete)
        return """
            <div class="field">
            <label for="\(name)">\(label)</label>
            \(about.text)<input type="\(kind)" id="\(name)" name="\(name)" value="\(value)" \
            autocomplete="\(completion)"\(extra)\(about.mark)>
            </div>

            """
    }

    /// Several lines to type into.
    static func area(
        _ name: String,
        _ label: String,
        value: String,
        hint: String? = nil,
        problems: [Problem] = []
    ) -> Markup {
        let about = description(of: name, hint, problems)
        // The line break after the tag belongs to the tag.
        return """
            <div class="field">
            <label for="\(name)">\(label)</label>
            \(about.text)<textarea id="\(name)" name="\(name)" rows="4" spellcheck="false"\(about.mark)>
            \(value)</textarea>
            </div>

            """
    }

    /// A box to tick, or a dot to set where only one of several may be chosen.
    static func choice(
        _ name: String,
        value: String,
        _ label: Markup,
        isOn: Bool,
        id: String,
        isOneOfSeveral: Bool = false
    ) -> Markup {
        let kind: Markup = isOneOfSeveral ? "radio" : "checkbox"
        let mark: Markup = isOn ? " checked" : ""
        return """
            <div class="choice"><input type="\(kind)" id="\(id)" name="\(name)" value="\(value)"\(mark)>
            <label for="\(id)">\(label)</label></div>

            """
    }

    /// A group of choices under one heading.
    static func group(_ name: String, _ title: String, _ choices: [Markup], problems: [Problem]) -> Markup {
        let about = description(of: name, nil, problems)
        return """
            <fieldset id="\(name)"\(about.mark)>
            <legend>\(title)</legend>
            \(about.text)\(choices)</fieldset>

            """
    }

    /// A table; on a narrow screen each row is a block whose cells have their titles beside them.
    static func table(_ titles: [String], _ rows: [[Markup]]) -> Markup {
        let heads = titles.map { title -> Markup in "<th>\(title)</th>" }
        let lines = rows.map { cells -> Markup in
            let row = zip(titles, cells).map { title, cell -> Markup in
                "<td data-label=\"\(title)\">\(cell)</td>"
            }
            return "<tr>\(row)</tr>\n"
        }
        return """
            <table>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(lines)</tbody>
            </table>

            """
    }

    /// What is said of a field beside its label, and the attributes that tie both together.
    private static func description(
        of name: String,
        _ hint: String?,
        _ problems: [Problem]
    ) -> (text: Markup, mark: Markup) {
        var text: Markup = ""
        var names: [String] = []
        if let hint {
            text += "<p class=\"hint\" id=\"\(name)-hint\">\(hint)</p>\n"
            names.append(name + "-hint")
        }
        let wrong = problems.filter { $0.field == name }
        if !wrong.isEmpty {
            let words = wrong.map { capital($0.text) }.joined(separator: " ")
            text += "<p class=\"wrong\" id=\"\(name)-wrong\">\(words)</p>\n"
            names.append(name + "-wrong")
        }
        guard !names.isEmpty else { return (text, "") }
        let invalid: Markup = wrong.isEmpty ? "" : " aria-invalid=\"true\""
        return (text, " aria-describedby=\"\(names.joined(separator: " "))\"\(invalid)")
    }

    /// A sentence as it stands on a page: with a capital at its start and a stop at its end.
    static func capital(_ text: String) -> String {
        let sentence = text.prefix(1).uppercased() + text.dropFirst()
        guard let last = sentence.last, !".!?".contains(last) else { return sentence }
        return sentence + "."
    }

    /// An instant to the minute, in UTC.
    static func time(_ time: Timestamp?, never: String = "never") -> Markup {
        guard let time else { return Markup(text: never) }
        let text = time.description
        let shown = String(text.prefix(10) + " " + text.dropFirst(11).prefix(5) + " UTC")
        return "<time datetime=\"\(text)\">\(shown)</time>"
    }
}
