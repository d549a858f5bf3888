/// The parts of the sandbox's page. All data is put in by the script as text, never as markup.
enum PageText {
    /// The whole page.
    ///
    /// - Parameter portalURL: where the portal answers; empty when it is not set.
    static func html(portalURL: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>One Stack sandbox</title>
        <style>\(style)</style>
        </head>
        <body data-portal="\(escaped(portalURL))">
        \(body)
        <script>\(script)</script>
        </body>
        </html>

        """
    }

    /// A text as the value of an attribute in double quotes.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }

    private static let body = """
        <header>
          <h1>One Stack <span>sandbox</span></h1>
          <p>Play both sides: on the left a client of the portal, on the right the programs behind it.
          What one side does reaches the other by the portal's own functions. Tickets and invoices go with its timers;
          <code>scripts/start</code> fires them every 15 seconds.</p>
          <p id="notice" role="status"></p>
        </header>
        <main>
          <section aria-labelledby="client">
            <h2 id="client">The client, in the portal</h2>
            <div class="card" id="session"></div>
            <div class="row" id="sign-in"></div>
            <form class="card" id="new-ticket">
              <h3>Write a ticket</h3>
              <label>Subject <input name="subject" required maxlength="200" value="The printer prints only stars"></label>
              <label>What is wrong <textarea name="description" rows="2">Since this morning.</textarea></label>
              <button>Send it through the portal</button>
            </form>
            <h3>Tickets</h3><ul id="portal-tickets"></ul>
            <h3>Invoices</h3><ul id="portal-invoices"></ul>
            <h3>Documents to sign</h3><ul id="portal-documents"></ul>
            <h3>Mission</h3><ul id="portal-mission"></ul>
          </section>
          <section aria-labelledby="other">
            <h2 id="other">The other side</h2>
            <div class="row" id="actions"></div>
            <h3>PSA: tickets</h3><ul id="psa"></ul>
            <h3>Books: invoices</h3><ul id="books"></ul>
            <h3>Legal: policies and signatures</h3><ul id="legal"></ul>
            <h3>Hub: people</h3><ul id="people"></ul>
            <h3>Faults</h3><div class="row" id="faults"></div>
            <h3>Calls from the portal</h3><ul id="calls" class="small"></ul>
          </section>
        </main>
        """
}
