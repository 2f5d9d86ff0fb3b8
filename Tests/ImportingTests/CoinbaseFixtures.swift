/// Small exports in the forms of Coinbase's five generations; persons, ids and amounts are made up.
enum CoinbaseFixtures {
    static let account = """
        Transactions,,,,,,,,,,,,
        User,someone@example.com,0011,,,,,,,,,,
        Account,BTC Wallet,0022,,,,,,,,,,

        Timestamp,Balance,Amount,Currency,To,Notes,Instantly Exchanged,Transfer Total,Transfer Total Currency,Transfer Fee,Transfer Fee Currency,Transfer ID,Coinbase ID (visit https://www.coinbase.com/transactions/[ID] in your browser)
        6/7/12 2:30,,20,BTC,addr,,FALSE,120,USD,1.5,USD,t1,c1
        4/2/13 11:05,,-2,BTC,addr,,FALSE,255.4,USD,2.6,USD,t2,c2
        ,,,,,,,,,,,,
        4/3/14,,-0.5,BTC,addr,rent,FALSE,,,,,,c3
        2015-05-06 01:12:00 -0700,,0.25,BTC,,gift,FALSE,,,,,,c4

        """

    static let taxReport = """
        "You can use this report, with care."\r\n\r\n\r\nTransactions\r\nUser\r\n\r
        Timestamp,Transaction Type,Asset,Quantity Transacted,USD Spot Price at Transaction,Subtotal,Total (inclusive of fees),Notes\r
        11/05/2015,Buy,BTC,2,240.5,0 USD,485.81 USD,\r
        11/06/2015,Receive,BTC,0.002,250.00,,,\r
        11/07/2015,Send,BTC,0.001,247.76,,,\r
        12/24/2016,Sell,BTC,1,900.11,0 USD,889 USD,\r\n
        """

    static let preamble = """
        "You can use this transaction report, with care."



        Transactions
        User,nobody,0123

        Timestamp,Transaction Type,Asset,Quantity Transacted,Spot Price Currency,Spot Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
        2023-05-21T04:05:40Z,Buy,ETH,0.0031,EUR,1700.10,5.27,6.26,0.990000,Bought 0.0031 ETH for €6.26 EUR
        2023-05-22T04:05:40Z,Convert,ETH,0.001,EUR,1709.09,1.66,1.70,0.040000,Converted 0.001 ETH to 1.829352 USDC

        """

    static let head =
        "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,"
        + "Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes"

    static let withID = """
        \(head)
        aa01,2025-02-17 16:57:02 UTC,Staking Income,ETH,0.000041,EUR,€3343.11229989,€0.13707,€0.13707,€0.00,
        aa02,2025-02-07 19:26:56 UTC,Send,SOL,-0.25,EUR,€202.6508979077133026955,-€50.66272,-€50.66272,€0.00,Sent 0.25 SOL
        aa03,2024-12-06 06:33:40 UTC,Convert,BTC,0.0021,EUR,€96847.405873901104437015,€196.92,€203.37955,,Converted 0.0021 BTC to 90.5 XRP
        aa04,2022-03-25 06:45:27 UTC,Buy,BTC,0.00166779,EUR,€39999.33,€67.01,€70.00,€2.99,
        aa04,2022-03-25 06:45:27 UTC,Buy,BTC,0.00166779,USD,$39999.33,$67.01,$70.00,$2.99,

        """
}
