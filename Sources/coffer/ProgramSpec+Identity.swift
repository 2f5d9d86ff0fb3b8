import CommandLine
import Services

extension Program {
    /// Users, and what opens the APIs for them.
    static let identityCommands = [
        userAdd, userList, userPasswd, userSetRole, userRemove, clientAdd, clientList, clientShow,
        clientRotate, clientRemove, clientFirstParty, clientRedirects, quotaSet, quotaList, quotaUnset,
    ]

    private static let clientArgument = ArgumentSpec("CLIENT", "the client id that client list shows")

    private static let userAdd = CommandSpec(
        "user add",
        "create a user",
        arguments: [ArgumentSpec("EMAIL", "the e-mail address to sign in with")],
        options: [
            .value("name", "NAME", "the name to show"),
            .flag("admin", "let the user administer this server; the same as --role admin"),
            .value(
                "role",
                "ROLE",
                "what the user may do",
                defaultText: "user",
                choices: ["user", "admin", "enterprise"]
            ),
            .flag("password-stdin", "read the password from standard input"),
        ],
        examples: [
            "coffer user add ada@example.org --name Ada",
            "coffer user add firm@example.org --role enterprise",
        ],
        details: """
            Asks for the password when on a terminal; it is never taken from the command line. An enterprise manages users \
            of its own through CryptFolio's API.
            """,
        exitCodes: opening + [.refused]
    )

    private static let userList = CommandSpec(
        "user list",
        "list the users",
        examples: ["coffer user list --json"],
        exitCodes: opening
    )

    private static let userPasswd = CommandSpec(
        "user passwd",
        "set a user's password",
        arguments: [ArgumentSpec("USER", "an id, e-mail or name; the owner without it", isOptional: true)],
        options: [.flag("password-stdin", "read the password from standard input")],
        examples: ["coffer user passwd ada@example.org"],
        exitCodes: opening + [.refused]
    )

    private static let userSetRole = CommandSpec(
        "user set-role",
        "say what a user may do",
        arguments: [
            ArgumentSpec("USER", "an id, e-mail or name"), ArgumentSpec("ROLE", "user, admin or enterprise"),
        ],
        examples: ["coffer user set-role firm@example.org enterprise"],
        exitCodes: opening + [.refused]
    )

    private static let userRemove = CommandSpec(
        "user remove",
        "remove a user for good",
        arguments: [ArgumentSpec("USER", "an id, e-mail or name")],
        examples: ["coffer user remove ada@example.org"],
        details: """
            Ends every password, key and token, removes connections with their credentials, and frees the e-mail address. \
            The rows of the journal stay, since its seals cover them; nothing shows them any more.
            """,
        exitCodes: opening + [.refused]
    )

    private static let clientAdd = CommandSpec(
        "client add",
        "register an application; its secret is shown once",
        arguments: [
            ArgumentSpec("NAME", "the name that users are shown"),
            ArgumentSpec(
                "REDIRECT",
                "where users may be sent back to",
                isOptional: true,
                isRepeatable: true
            ),
        ],
        options: [
            user,
            .value(
                "scopes",
                "LIST",
                "comma-separated: " + TokenScope.cryptfolio.map(\.rawValue).joined(separator: ", "),
                defaultText: ClientCommand.standardScopes
            ),
            .flag("public", "a program that can keep no secret, such as one on a phone"),
            .flag("first-party", "let it take users' passwords"),
        ],
        examples: [
            "coffer client add 'My app' https://app.example.org/back",
            "coffer client add Phone com.example.app:/back --public --scopes read",
        ],
        details: "docs/oauth.md tells what a redirect may be and what each grant needs.",
        exitCodes: opening + [.refused]
    )

    private static let clientList = CommandSpec(
        "client list",
        "list the applications",
        options: [
            .value("user", "USER", "those of one user: an id, e-mail or name", defaultText: "all")
        ],
        examples: ["coffer client list --json"],
        exitCodes: opening + [.refused]
    )

    private static let clientShow = CommandSpec(
        "client show",
        "show an application, without its secret",
        arguments: [clientArgument],
        examples: ["coffer client show 1f0c"],
        exitCodes: opening + [.refused]
    )

    private static let clientRotate = CommandSpec(
        "client rotate",
        "give an application another secret; the old one is over at once",
        arguments: [clientArgument],
        examples: ["coffer client rotate 1f0c"],
        exitCodes: opening + [.refused]
    )

    private static let clientRemove = CommandSpec(
        "client remove",
        "remove an application with all that users allowed it",
        arguments: [clientArgument],
        examples: ["coffer client remove 1f0c"],
        exitCodes: opening + [.refused]
    )

    private static let clientFirstParty = CommandSpec(
        "client first-party",
        "let an application take users' passwords, or no longer",
        arguments: [clientArgument, ArgumentSpec("SWITCH", "on or off")],
        examples: ["coffer client first-party 1f0c on"],
        details:
            "Only for programs that you run yourself: they see the password of each user who signs in there.",
        exitCodes: opening + [.refused]
    )

    private static let clientRedirects = CommandSpec(
        "client redirects",
        "set where an application may send users back to",
        arguments: [
            clientArgument,
            ArgumentSpec("REDIRECT", "each address; none for none", isOptional: true, isRepeatable: true),
        ],
        examples: ["coffer client redirects 1f0c https://app.example.org/back http://127.0.0.1/back"],
        exitCodes: opening + [.refused]
    )

    private static let quotaHolder: [OptionSpec] = [
        .value("user", "USER", "an id, e-mail or name: all credentials of the user together"),
        .value("client", "CLIENT", "a client id: all tokens of the application together"),
    ]

    private static let quotaSet = CommandSpec(
        "quota set",
        "give a user or an application a rate of its own",
        options: quotaHolder + [
            .value("rate", "N", "requests that refill each second"),
            .value("burst", "N", "requests at once", defaultText: "the rate"),
        ],
        examples: ["coffer quota set --user firm@example.org --rate 100 --burst 500"],
        details: """
            In place of rate.requests_per_second and rate.burst, which each credential has for itself. Where both the user \
            and the application have a quota, both hold.
            """,
        exitCodes: opening + [.refused]
    )

    private static let quotaList = CommandSpec(
        "quota list",
        "list the users and applications with a rate of their own",
        examples: ["coffer quota list"],
        exitCodes: opening
    )

    private static let quotaUnset = CommandSpec(
        "quota unset",
        "give a user or an application the usual rate again",
        options: quotaHolder,
        examples: ["coffer quota unset --user firm@example.org"],
        exitCodes: opening + [.refused]
    )
}
