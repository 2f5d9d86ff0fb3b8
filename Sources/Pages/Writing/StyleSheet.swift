/// The one stylesheet and the icon, served from paths of our own.
enum StyleSheet {
    static let path = "/pages/style.css"
    static let iconPath = "/pages/icon.svg"

    static let icon = Array(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#1d6b57" d="M4 12a4 4 0 0 1 4-4h16a4 4 0 0 \
        1 4 4v12a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3z"/><path fill="#fff" d="M4 15h24v2H4zm10-2h4v7h-4z"/></svg>
        """.utf8
    )

    static let bytes = Array(
        """
        :root {
          color-scheme: light dark;
          --ground: #fbfaf7; --panel: #ffffff; --ink: #1e2422; --quiet: #56605c; --line: #d5d9d4;
          --accent: #1d6b57; --on-accent: #ffffff; --bad: #a3211b; --bad-ground: #fdf0ee;
          --good-ground: #ecf6f1; --focus: #b35c00;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #141817; --panel: #1d2321; --ink: #e8ece9; --quiet: #a4aea9; --line: #39423e;
            --accent: #6fcfb0; --on-accent: #10201a; --bad: #ff9d94; --bad-ground: #3a1d1b;
            --good-ground: #17322a; --focus: #ffb35c;
          }
        }
        * { box-sizing: border-box; }
        html { font: 100%/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: break-word; }
        a { color: var(--accent); }
        a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible,
        textarea:focus-visible, summary:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--panel); padding: .5rem 1rem; }
        .top { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; padding: .75rem 1rem;
          border-bottom: 1px solid var(--line); background: var(--panel); }
        .top .name { font-weight: 700; text-decoration: none; color: var(--ink); }
        .top nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; flex: 1; }
        .top nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
        main { max-width: 50rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
        h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
        .narrow { max-width: 28rem; }
        .panel { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem;
          padding: 1rem 1.25rem; margin: 1rem 0; }
        .panel > :first-child { margin-top: 0; }
        .errors { border-left: .4rem solid var(--bad); background: var(--bad-ground); }
        .errors a { color: var(--bad); }
        .done { border-left: .4rem solid var(--accent); background: var(--good-ground); }
        .hint { color: var(--quiet); margin: .1rem 0 .3rem; font-size: .95rem; }
        .field { margin: 1rem 0; }
        .field .wrong { color: var(--bad); margin: .1rem 0 .3rem; }
        label, legend { font-weight: 600; }
        fieldset { border: 0; padding: 0; margin: 1rem 0; }
        .choice { display: flex; gap: .6rem; align-items: baseline; margin: .35rem 0; }
        .choice label { font-weight: 400; }
        .choice input { flex: none; }
        input[type=text], input[type=email], input[type=password], input[type=number], textarea, select {
          width: 100%; font: inherit; color: inherit; background: var(--ground); padding: .5rem .6rem;
          border: 1px solid var(--quiet); border-radius: .3rem; }
        button { font: inherit; font-weight: 600; cursor: pointer; padding: .5rem 1rem; border-radius: .3rem;
          border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); }
        button.plain { background: transparent; color: var(--accent); }
        button.danger { background: transparent; color: var(--bad); border-color: var(--bad); }
        button.small { padding: .15rem .6rem; font-size: .95rem; white-space: nowrap; }
        .row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 1rem 0; }
        table { border-collapse: collapse; width: 100%; font-size: .95rem; }
        th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0;
          border-bottom: 1px solid var(--line); }
        td { overflow-wrap: anywhere; }
        th, td { min-width: 4rem; }
        @media (max-width: 45rem) {
          thead { position: absolute; left: -100rem; }
          tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
          td { display: flex; gap: .75rem; border: 0; padding: .15rem 0; }
          td[data-label=""] { padding-top: .4rem; }
          td::before { content: attr(data-label); flex: 0 0 7rem; color: var(--quiet); }
          td[data-label=""]::before { content: none; }
        }
        code, .secret { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .95em; }
        .secret { display: block; padding: .5rem .6rem; border: 1px dashed var(--quiet); border-radius: .3rem;
          background: var(--ground); user-select: all; overflow-wrap: anywhere; }
        dt { font-weight: 600; } dd { margin: 0 0 .75rem; }
        details { border-bottom: 1px solid var(--line); padding: .5rem 0; }
        summary { cursor: pointer; font-weight: 600; }

        """.utf8
    )
}
