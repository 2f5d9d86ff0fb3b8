extension BuiltInAssets {
    /// Money of states, numbers 1 to 89, with the decimals of ISO 4217.
    internal static let currencies: [Asset] = [
        fiat(1, "usd", "United States dollar", decimals: 2),
        fiat(2, "eur", "Euro", decimals: 2),
        fiat(3, "gbp", "Pound sterling", decimals: 2),
        fiat(4, "jpy", "Japanese yen", decimals: 0),
        fiat(5, "chf", "Swiss franc", decimals: 2),
        fiat(6, "cad", "Canadian dollar", decimals: 2),
        fiat(7, "aud", "Australian dollar", decimals: 2),
        fiat(8, "nzd", "New Zealand dollar", decimals: 2),
        fiat(9, "sek", "Swedish krona", decimals: 2),
        fiat(10, "nok", "Norwegian krone", decimals: 2),
        fiat(11, "dkk", "Danish krone", decimals: 2),
        fiat(12, "pln", "Polish złoty", decimals: 2),
        fiat(13, "czk", "Czech koruna", decimals: 2),
        fiat(14, "hkd", "Hong Kong dollar", decimals: 2),
        fiat(15, "sgd", "Singapore dollar", decimals: 2),
        fiat(16, "krw", "South Korean won", decimals: 0),
        fiat(17, "try", "Turkish lira", decimals: 2),
        fiat(18, "cny", "Chinese yuan", decimals: 2),
        fiat(19, "mxn", "Mexican peso", decimals: 2),
        fiat(20, "brl", "Brazilian real", decimals: 2),
        fiat(21, "inr", "Indian rupee", decimals: 2),
        fiat(22, "aed", "United Arab Emirates dirham", decimals: 2),
        fiat(23, "zar", "South African rand", decimals: 2),
        fiat(24, "huf", "Hungarian forint", decimals: 2),
        fiat(25, "ron", "Romanian leu", decimals: 2),
        fiat(26, "bgn", "Bulgarian lev", decimals: 2),
        fiat(27, "ils", "Israeli new shekel", decimals: 2),
        fiat(28, "thb", "Thai baht", decimals: 2),
        fiat(29, "idr", "Indonesian rupiah", decimals: 2),
        fiat(30, "php", "Philippine peso", decimals: 2),
        fiat(31, "myr", "Malaysian ringgit", decimals: 2),
        fiat(32, "twd", "New Taiwan dollar", decimals: 2),
        fiat(33, "vnd", "Vietnamese dong", decimals: 0),
        fiat(34, "rub", "Russian ruble", decimals: 2),
        fiat(35, "uah", "Ukrainian hryvnia", decimals: 2),
        fiat(36, "ars", "Argentine peso", decimals: 2),
        fiat(37, "clp", "Chilean peso", decimals: 0),
        fiat(38, "cop", "Colombian peso", decimals: 2),
        fiat(39, "pen", "Peruvian sol", decimals: 2),
        fiat(40, "ngn", "Nigerian naira", decimals: 2),
        fiat(41, "kes", "Kenyan shilling", decimals: 2),
        fiat(42, "egp", "Egyptian pound", decimals: 2),
        fiat(43, "sar", "Saudi riyal", decimals: 2),
        fiat(44, "kwd", "Kuwaiti dinar", decimals: 3),
        fiat(45, "isk", "Icelandic króna", decimals: 0),
    ]
}

extension BuiltInAssets {
    /// Precious metals in troy ounces, numbers 90 to 100.
    ///
    /// Counted to a ten-thousandth of an ounce, three milligrams, which is finer than dealers weigh.
    internal static let commodities: [Asset] = [
        commodity(90, "xau", "Gold (troy ounce)"),
        commodity(91, "xag", "Silver (troy ounce)"),
    ]
}
