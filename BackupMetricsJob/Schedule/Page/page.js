(() => {
  const every = 15000;
  const seen = new Date();
  let asked = "";

  const note = document.createElement("p");
  note.id = "note";
  note.setAttribute("role", "status");
  document.body.prepend(note);

  const rows = () => document.querySelectorAll("[data-find]");
  const filter = () => {
    const wanted = asked.toLowerCase();
    for (const row of rows()) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  };

  if (rows().length > 12) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    label.id = "filter";
    label.textContent = "Find";
    input.type = "search";
    input.id = "find";
    input.placeholder = "name, label, tool or words";
    input.addEventListener("input", () => { asked = input.value.trim(); filter(); });
    label.append(input);
    document.getElementById("main").prepend(label);
  }

  // What is open, where the reader is and what has the focus stays: only the sections are exchanged.
  const take = (next) => {
    const open = new Map([...document.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
    const focus = document.activeElement && document.activeElement.id;
    for (const one of next.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = open.get(one.id);
    const find = document.getElementById("filter");
    document.getElementById("top").replaceWith(next.getElementById("top"));
    document.querySelector("footer").replaceWith(next.querySelector("footer"));
    const main = document.getElementById("main");
    for (const old of main.querySelectorAll(":scope > section")) old.remove();
    main.append(...next.querySelectorAll("#main > section"));
    if (find) main.prepend(find);
    document.title = next.title;
    document.querySelector("link[rel=icon]").href = next.querySelector("link[rel=icon]").href;
    filter();
    if (focus && document.activeElement.id !== focus) document.getElementById(focus)?.focus({ preventScroll: true });
  };

  let last = seen;
  const refresh = async () => {
    if (document.hidden || !getSelection().isCollapsed) return;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      last = new Date();
      note.textContent = "";
    } catch {
      note.textContent = "This page is out of date: the job has not answered since " + last.toISOString().slice(0, 19).replace("T", " ") + " UTC.";
    }
  };

  setInterval(refresh, every);
  document.addEventListener("visibilitychange", refresh);
})();
