extension PageText {
    /// The page's script: helpers first, then the two sides, then the loop.
    static let script = helpers + clientSide + otherSide + loop

    private static let helpers = #"""
        "use strict";
        const portal = document.body.dataset.portal;
        const at = (id) => document.getElementById(id);
        // Texts go in as text nodes; nothing that a person wrote is ever read as markup.
        function el(tag, text, kind) {
          const node = document.createElement(tag);
          if (text !== undefined && text !== null) node.textContent = String(text);
          if (kind) node.className = kind;
          return node;
        }
        function button(text, act) {
          const node = el("button", text);
          node.type = "button";
          node.onclick = () => run(node, act);
          return node;
        }
        async function run(node, act) {
          node.disabled = true;
          try { notice(""); await act(); await refresh(); } catch (error) { notice(error.message); }
          node.disabled = false;
        }
        function notice(text) { at("notice").textContent = text; }
        function item(id, title, badge, kind, meta) {
          const node = el("li");
          node.dataset.id = id;
          const head = el("div", title, "title");
          if (badge) head.append(el("span", badge, "badge " + (kind || "")));
          node.append(head);
          if (meta) node.append(el("div", meta, "meta"));
          return node;
        }
        // What has not changed stays as it is, so that a button keeps its focus and its click through the next look.
        const shown = new Map();
        function put(id, nodes) {
          const holder = el("div");
          holder.append(...nodes);
          const markup = new XMLSerializer().serializeToString(holder);
          if (shown.get(id) === markup) return;
          shown.set(id, markup);
          at(id).replaceChildren(...nodes);
        }
        function fill(id, nodes, empty) { put(id, nodes.length ? nodes : [el("li", empty || "nothing yet", "empty")]); }
        async function call(url, options) {
          const response = await fetch(url, options);
          const text = await response.text();
          let value = null;
          try { value = text ? JSON.parse(text) : null; } catch { value = null; }
          if (!response.ok) throw Object.assign(new Error(value?.error?.message || "answered " + response.status),
            { status: response.status });
          return value;
        }
        const asJSON = (value) => ({ method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify(value) });
        const here = (path, value) => call(path, value === undefined ? {} : asJSON(value));
        const there = (path, value) => call(portal + path,
          { credentials: "include", ...(value === undefined ? {} : asJSON(value)) });
        let state = null;
        let session = null;
        let tenant = "acme-msp";

        """#

    private static let clientSide = #"""
        async function signIn(person) {
          // The Hub redirects to the portal, which sets its cookie; the answer itself is not for this page to read.
          await fetch("/hub/sso/" + encodeURIComponent(person.id), { mode: "no-cors", credentials: "include" });
          tenant = person.tenant_slug;
        }
        async function signOut() { await there("/api/portal/auth/logout", {}); }
        function showSession() {
          const box = at("session");
          if (!session) { box.replaceChildren(el("span", "Nobody is signed in. Choose somebody:", "empty")); return; }
          box.replaceChildren(el("strong", session.user.name), el("span", session.user.role, "badge ok"),
            el("div", session.company.name + " · " + session.tenant.name, "meta"));
        }
        function showSignIn() {
          const buttons = state.people.map((p) =>
            button("Sign in as " + p.name.split(" ")[0] + " (" + p.access_level + ")", () => signIn(p)));
          if (session) buttons.push(button("Sign out", signOut));
          put("sign-in", buttons);
        }
        async function portalList(id, path, show) {
          if (!session) { fill(id, [], "Sign in to see them."); return; }
          try { fill(id, await Promise.all((await there(path)).items.map(show))); }
          catch (error) { fill(id, [], error.message); }
        }
        const syncWords = { pending: "waits for the next sync", synced: "in the PSA", parked: "refused by the PSA" };
        // The newest tickets come with their conversation, so that an answer shows as soon as a sync has brought it.
        const conversations = 6;
        async function showPortalTicket(t, position) {
          const node = item(t.id, t.subject, t.status, "",
            ["no. " + t.number, t.psa_number, t.priority, syncWords[t.sync?.state]].filter(Boolean).join(" · "));
          if (position >= conversations) return node;
          for (const c of (await there("/api/portal/tickets/" + encodeURIComponent(t.id))).comments)
            node.append(el("div", c.author_name + ": " + c.body, "talk"));
          const row = el("div", null, "row");
          row.append(button("Reply", () => there("/api/portal/tickets/" + encodeURIComponent(t.id) + "/comments",
            { body: "Thank you. That would help." })));
          node.append(row);
          return node;
        }
        function showPortalInvoice(i) {
          return item(i.id, i.number, i.overdue ? "overdue" : i.status, i.status === "paid" ? "ok" : "warn",
            i.total + " " + i.currency + (i.due_at ? " · due " + i.due_at.slice(0, 10) : ""));
        }
        function showPortalDocument(d) {
          const node = item(d.id, d.title, d.state, d.state === "signed" ? "ok" : "warn", d.policy_id + " · version " + d.version);
          if (d.state !== "signed") node.append(button("Sign as " + session.user.name, () =>
            there("/api/portal/signing/acknowledge",
              { policy_id: d.policy_id, version: d.version, full_name: session.user.name, agreed: true })));
          return node;
        }
        at("new-ticket").onsubmit = (event) => {
          event.preventDefault();
          const form = event.target;
          run(form.querySelector("button"), () => {
            if (!session) throw new Error("Sign in first.");
            return there("/api/portal/tickets", { subject: form.subject.value, description: form.description.value,
              priority: "normal" });
          });
        };
        async function showClient() {
          try { session = await there("/api/portal/auth/session"); }
          catch (error) {
            session = null;
            if (error.status !== 401) notice("The portal at " + portal + " does not answer this page: " + error.message);
          }
          showSession();
          const isMission = session?.tenant.org_type === "mission";
          if (session) tenant = session.tenant.slug;
          // A mission has no PSA to which a ticket could go.
          at("new-ticket").hidden = isMission;
          await Promise.all([
            portalList("portal-tickets", "/api/portal/tickets", showPortalTicket),
            portalList("portal-invoices", "/api/portal/invoices", showPortalInvoice),
            portalList("portal-documents", "/api/portal/documents", showPortalDocument),
            isMission ? portalList("portal-mission", "/api/mission/events", (e) => item(e.id, e.title, "event", "", e.detail))
              : fill("portal-mission", [], "Sign in as Maria, who belongs to a mission, to see its events."),
          ]);
        }

        """#

    private static let otherSide = #"""
        const person = () => state.people.find((p) => p.tenant_slug === tenant) || state.people[0];
        function showTicket(t) {
          const node = item(t.id, t.subject, t.status, "", [t.number, t.priority, t.portal_ticket_id ? "from the portal"
            : "opened here"].join(" · "));
          for (const c of t.comments) node.append(el("div", c.author_name + (c.public ? ": " : " (private): ") + c.body,
            c.public ? "talk" : "talk private"));
          const row = el("div", null, "row");
          row.append(
            button("Answer as the technician", () => here("/sandbox/psa/answer",
              { ticket_id: t.id, body: "We are on it and will call you today." })),
            button("Private note", () => here("/sandbox/psa/note", { ticket_id: t.id, body: "Check the warranty first." })),
            button("Resolve", () => here("/sandbox/psa/status", { ticket_id: t.id, status: "resolved" })));
          node.append(row);
          return node;
        }
        function showInvoice(i) {
          const node = item(i.id, i.number, i.deleted ? "deleted" : i.status, i.status === "paid" ? "ok" : "warn",
            i.lines.map((l) => l.description).join(", ") + " · " + i.total + " " + i.currency);
          const row = el("div", null, "row");
          const act = (text, action) => row.append(button(text, () => here("/sandbox/books/" + action, { invoice_id: i.id })));
          if (!i.deleted && i.status === "draft") act("Issue", "publish");
          if (!i.deleted && i.status === "open") { act("Pay", "pay"); act("Void", "void"); }
          if (!i.deleted) { act("Delete", "delete"); node.append(row); }
          return node;
        }
        function showPolicy(p) {
          const answer = p.answer.status === 202 ? "taken by the portal" : "refused: " + p.answer.body;
          return item(p.id, p.push.policy.title, p.push.policy.status, "", p.push.policy.id + " · " + answer);
        }
        function showEvent(e) {
          return item(e.id, "Signed by " + (e.full_name || "?"), e.type, "ok", e.policy_id + " · delivered " + e.deliveries + "×");
        }
        function showPerson(p) {
          const node = item(p.id, p.name, p.access_level, "", p.company_name + " · " + p.email);
          const row = el("div", null, "row");
          for (const enabled of [true, false]) row.append(button(enabled ? "Open the portal to them" : "Close it", async () => {
            const answer = await here("/sandbox/psa/access", { person: p.id, enabled });
            notice("The portal answered " + answer.status + ": " + answer.body);
          }));
          node.append(row);
          return node;
        }
        function showActions() {
          const client = [
            button("Open a ticket for the client", () => here("/sandbox/psa/open", { tenant_id: person().tenant_id,
              company_id: person().psa_company_id, contact_id: person().psa_contact_id,
              subject: "Your backup needs a new disk", description: "We saw it in last night's report." })),
            button("Issue an invoice", () => here("/sandbox/books/issue", { tenant_id: person().tenant_id,
              client_id: "books_borealis", lines: [{ description: "Backup disk", quantity: 1, unit_price: "189.00" }] }))];
          const policy = button("Push a policy", async () => {
              const pushed = await here("/sandbox/legal/policies", { tenant_slug: tenant, title: "Acceptable use",
                body_html: "<p>Use the network with care.</p>", due_in_days: 14, company_ids: [person().psa_company_id] });
              notice("The portal answered " + pushed.answer.status + ": " + pushed.answer.body);
            });
          // Tickets and invoices are for an MSP's clients; a mission's members have none.
          put("actions", session?.tenant.org_type === "mission" ? [policy] : [...client, policy]);
        }
        function showFaults() {
          const nodes = ["psa", "books", "mission"].map((peer) => {
            const label = el("label", peer + " ");
            const select = el("select");
            for (const mode of ["works", "down", "slow", "429", "500", "html", "half"]) {
              const option = el("option", mode);
              option.value = mode;
              option.selected = mode === (state.faults[peer]?.mode || "works");
              select.append(option);
            }
            select.onchange = () => run(select, () =>
              here("/sandbox/faults", { [peer]: select.value === "works" ? null : select.value }));
            label.append(select);
            return label;
          });
          at("faults").replaceChildren(...nodes);
        }
        async function showOther() {
          state = await here("/sandbox/state?tenant=" + encodeURIComponent(tenant));
          showSignIn(); showActions();
          fill("psa", state.tickets.map(showTicket));
          fill("books", state.invoices.map(showInvoice));
          fill("legal", [...state.events.map(showEvent), ...state.policies.map(showPolicy)]);
          fill("people", state.people.map(showPerson));
          fill("calls", state.calls.slice(0, 12).map((c) =>
            el("li", c.received_at.slice(11, 19) + "  " + c.method + " " + c.path)));
          if (!at("faults").contains(document.activeElement)) showFaults();
        }

        """#

    private static let loop = #"""
        async function refresh() { await showClient(); await showOther(); }
        function checkHost() {
          if (!portal) { notice("Set PORTAL_URL so that this page finds the portal."); return false; }
          const host = new URL(portal).hostname;
          // The session's cookie goes with requests of the same site only, and 127.0.0.1 is another site than localhost.
          if (host === location.hostname) return true;
          const link = el("a", "Open this page under " + host + ", where the portal's cookie works.");
          link.href = location.protocol + "//" + host + ":" + location.port + location.pathname;
          at("notice").replaceChildren(link);
          return false;
        }
        async function tick() {
          if (!document.hidden) { try { await refresh(); } catch (error) { notice(error.message); } }
          setTimeout(tick, 4000);
        }
        checkHost() ? tick() : showOther();

        """#
}
