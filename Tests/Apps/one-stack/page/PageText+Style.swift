extension PageText {
    /// The page's style.
    static let style = """
        :root { color-scheme: light dark; --ink: #1d1b2e; --soft: #6b6880; --paper: #faf9ff; --card: #fff;
          --line: #e3e0f2; --violet: #6d3fd6; --ok: #1f7a4d; --warn: #a8520f; }
        @media (prefers-color-scheme: dark) { :root { --ink: #ecebf6; --soft: #a5a2bb; --paper: #15131f;
          --card: #1e1b2c; --line: #322e47; --violet: #a98bf5; --ok: #5cc794; --warn: #e8a15f; } }
        * { box-sizing: border-box; }
        body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        header, main { max-width: 1180px; margin: 0 auto; padding: 20px 24px 0; }
        h1 { margin: 0; font-size: 26px; letter-spacing: -.02em; }
        h1 span { color: var(--violet); font-weight: 400; }
        header p { margin: 4px 0 0; color: var(--soft); max-width: 76ch; }
        #notice { color: var(--warn); min-height: 1.5em; }
        main { display: grid; grid-template-columns: 1fr 1fr; gap: 32px; padding-bottom: 60px; }
        @media (max-width: 820px) { main { grid-template-columns: 1fr; } }
        h2 { font-size: 18px; border-bottom: 2px solid var(--violet); padding-bottom: 6px; }
        h3 { font-size: 13px; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 20px 0 8px; }
        .card, li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; }
        form.card { margin-top: 14px; }
        form h3 { margin-top: 0; }
        ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
        li .title { font-weight: 600; overflow-wrap: anywhere; }
        li .meta, .small li { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
        li .talk { margin: 6px 0 0; padding-left: 10px; border-left: 3px solid var(--line); white-space: pre-wrap;
          overflow-wrap: anywhere; }
        li .talk.private { border-color: var(--warn); font-style: italic; }
        .badge { display: inline-block; padding: 0 8px; border-radius: 99px; border: 1px solid currentColor;
          font-size: 12px; margin-left: 6px; color: var(--violet); }
        .badge.ok { color: var(--ok); } .badge.warn { color: var(--warn); }
        .row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
        .small li { padding: 4px 10px; }
        label { display: block; margin-bottom: 8px; color: var(--soft); font-size: 13px; }
        input, textarea, select { width: 100%; font: inherit; color: var(--ink); background: var(--paper);
          border: 1px solid var(--line); border-radius: 8px; padding: 6px 10px; }
        select { width: auto; }
        button { font: inherit; border: 1px solid var(--violet); border-radius: 8px; padding: 5px 12px; cursor: pointer;
          background: transparent; color: var(--violet); }
        button:hover, button:focus-visible { background: var(--violet); color: var(--paper); }
        button[disabled] { opacity: .5; cursor: wait; }
        .empty { color: var(--soft); font-style: italic; }
        """
}
