// Shows the state document as it changes. Text goes in as text, never as HTML.
"use strict";

const at = (id) => document.getElementById(id);
const OFF_DB = -150;

function number(value, digits) {
  if (value === null || value === undefined) return "–";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

const fader = (db, digits = 1) => (db === OFF_DB ? "off" : number(db, digits));

// How each value is said, and its unit; the name of a parameter ends in one of these.
const QUANTITIES = {
  gain_db: { word: "gain", said: (value) => `${fader(value, 2)} dB` },
  trim_db: { word: "trim", said: (value) => `${number(value, 2)} dB` },
  pan: { word: "pan", said: (value) => number(value, 3) },
  freq_hz: { word: "frequency", said: (value) => `${number(value, 1)} Hz` },
  q: { word: "Q", said: (value) => number(value, 3) },
  threshold_db: { word: "threshold", said: (value) => `${number(value, 2)} dB` },
  ratio: { word: "ratio", said: (value) => `${number(value, 2)} : 1` },
  attack_s: { word: "attack", said: (value) => `${number(value * 1000, 2)} ms` },
  release_s: { word: "release", said: (value) => `${number(value * 1000, 1)} ms` },
};
const VERDICTS = {
  confirmed: { mark: "✓", style: "good" },
  off: { mark: "✗", style: "bad" },
  "not confirmed": { mark: "?", style: "unsure" },
  "given back": { mark: "↩", style: "unsure" },
  "not set yet": { mark: "", style: "" },
};
const SLOTS = { eq: "EQ", comp: "comp", trim: "trim" };

const quantity = (parameter) => parameter.split(".").at(-1);
const said = (parameter, value) =>
  (value === null || value === undefined ? "–" : QUANTITIES[quantity(parameter)]?.said(value) ?? String(value));

function called(parameter) {
  const [part, band] = parameter.split(".");
  const word = QUANTITIES[quantity(parameter)]?.word ?? parameter;
  if (part === "eq") return `EQ ${band} ${word}`;
  return part === "comp" ? `Compressor ${word}` : word === "gain" ? "Fader" : word[0].toUpperCase() + word.slice(1);
}

function element(tag, text = "", style = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = style;
  return made;
}

// A value of a setting ({gain_db, pan, eq, comp}) by the name it has in the proof.
function valueIn(setting, parameter) {
  const [part, ...rest] = parameter.split(".");
  if (part === "eq") return setting?.eq?.find((band) => String(band.band) === rest[0])?.[rest[1]];
  return part === "comp" ? setting?.comp?.[rest[0]] : setting?.[parameter];
}

// The rows of a track: what was set and read back; before that, what Tonn proposes. Where a track was given back, what
// had been confirmed stands no more.
function rowsOf(track) {
  if (track.proof?.length || !track.proposal) {
    const stands = (row) => (track.fault && row.verdict === "confirmed" ? { ...row, verdict: "given back" } : row);
    return (track.proof ?? []).map(stands);
  }
  const { eq, comp } = track.proposal;
  const names = ["gain_db", "pan"];
  for (const band of eq ?? []) names.push(...["freq_hz", "gain_db", "q"].map((what) => `eq.${band.band}.${what}`));
  names.push(...Object.keys(comp ?? {}).map((what) => `comp.${what}`));
  return names.map((parameter) => ({
    parameter, wanted: valueIn(track.proposal, parameter), got: null, error: null, unit: "", verdict: "not set yet",
  }));
}

function proofRow(track, row) {
  const tr = document.createElement("tr");
  const cell = (text, style, label) => {
    const td = tr.appendChild(element("td", text, style));
    if (label) td.dataset.label = label;
  };
  const { mark, style } = VERDICTS[row.verdict] ?? { mark: "", style: "" };
  const yours = valueIn(track.user, row.parameter);
  cell(called(row.parameter), "word parameter");
  cell(yours === undefined ? "" : said(row.parameter, yours), "wide");
  cell(said(row.parameter, row.wanted), "");
  cell(said(row.parameter, row.got), "", "→");
  cell(row.error === null ? "–" : `${number(row.error, 2)} ${row.unit}`, "", "error");
  cell(said(row.parameter, valueIn(track.current, row.parameter)), "wide");
  cell(`${mark} ${row.verdict}`.trim(), `word verdict ${style}`);
  return tr;
}

function proofTable(track) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const title of ["", "Yours", "Wanted", "Got", "Error", "Now", "Proof"]) {
    head.append(element("th", title, title === "" || title === "Proof" ? "word" : ""));
  }
  table.createTBody().append(...rowsOf(track).map((row) => proofRow(track, row)));
  return table;
}

// What does not stand as it was to on one track, in sentences that say what to do.
const troublesOf = (track) =>
  [...new Set([track.fault, ...(track.plugins ?? []).map((plugin) => plugin.problem)].filter(Boolean))];

function detailsOf(track) {
  const limits = (track.limited ?? []).map((limit) =>
    `${called(limit.parameter)}: ${said(limit.parameter, limit.wanted)} became ${said(limit.parameter, limit.got)}; ${limit.reason}`);
  const notes = [
    ...troublesOf(track).map((trouble) => element("p", trouble, "bad")),
    ...limits.map((limit) => element("p", limit, "unsure")),
  ];
  const rows = rowsOf(track);
  return rows.length ? [...notes, proofTable(track)] : [...notes, element("p", "Nothing is proposed for this track yet.")];
}

// The proof in a few words, and how it looks.
function proofWords(track) {
  const of = (verdict) => (track.proof ?? []).filter((row) => row.verdict === verdict);
  const off = of("off"), unread = of("not confirmed"), confirmed = of("confirmed");
  if (track.fault) return ["given back", "bad"];
  const words = [];
  if (off.length) words.push(`off: ${off.length > 2 ? off.length : off.map((row) => called(row.parameter)).join(", ")}`);
  if (confirmed.length && !off.length) words.push(`${confirmed.length} confirmed`);
  if (unread.length) words.push(`${unread.length} not confirmed`);
  for (const plugin of track.plugins ?? []) if (plugin.problem) words.push(`no ${SLOTS[plugin.slot] ?? plugin.slot}`);
  const whole = words.length === 1 && confirmed.length > 0 && !off.length;
  return [words.join(", "), off.length ? "bad" : whole ? "good" : "unsure"];
}

// A track's two rows, made once and then kept up to date, so that what is open stays open and keeps the focus.
class TrackRows {
  constructor(key) {
    this.row = document.createElement("tr");
    this.details = element("tr", "", "details");
    this.details.id = `details-${key}`;
    this.details.hidden = true;
    this.inside = this.details.insertCell();
    this.inside.colSpan = 9;
    this.button = element("button");
    this.button.type = "button";
    this.button.setAttribute("aria-expanded", "false");
    this.button.setAttribute("aria-controls", this.details.id);
    this.button.addEventListener("click", () => this.toggle());
    const styles = ["wide", "word name", "wide", "wide", "", "", "wide", "word wide", "word proof"];
    this.cells = styles.map((style) => this.row.appendChild(element("td", "", style)));
    this.cells[1].append(this.button);
  }

  toggle() {
    this.details.hidden = !this.details.hidden;
    this.button.setAttribute("aria-expanded", String(!this.details.hidden));
    this.fill();
  }

  show(track) {
    this.track = track;
    const [words, style] = proofWords(track);
    const texts = [
      track.number, null, fader(track.user?.gain_db), fader(track.proposal?.gain_db), fader(track.current?.gain_db),
      number(track.adjust_db, 1), number(track.current?.pan, 2), track.muted ? "muted" : "", words,
    ];
    texts.forEach((text, index) => { if (text !== null) this.cells[index].textContent = text; });
    this.cells[8].className = `word proof ${style}`;
    this.button.textContent = track.name;
    this.fill();
  }

  fill() {
    if (!this.details.hidden) this.inside.replaceChildren(...detailsOf(this.track));
  }
}

let tracks = [];

function showTracks(list) {
  if (tracks.length !== list.length) {
    tracks = list.map((_, index) => new TrackRows(index));
    at("tracks").replaceChildren(...tracks.flatMap((rows) => [rows.row, rows.details]));
  }
  list.forEach((track, index) => tracks[index].show(track));
}

// Each trouble once, with the names of all its tracks.
function troubleLines(list) {
  const found = new Map();
  for (const track of list) {
    for (const trouble of troublesOf(track)) found.set(trouble, [...(found.get(trouble) ?? []), track.name]);
  }
  return [...found].map(([trouble, names]) => {
    const whose = names.length > 1 && names.length === list.length ? `all ${names.length} tracks` : names.join(", ");
    return element("li", `${whose}: ${trouble}`);
  });
}

function endpointRow(endpoint) {
  const heard = endpoint.last_heard_s === null ? "–" : `${number(endpoint.last_heard_s, 1)} s ago`;
  const problems = (endpoint.problems ?? []).join("; ");
  const tr = element("tr", "", endpoint.connected ? "" : "away");
  tr.append(
    element("td", problems ? `! ${endpoint.name}: ${problems}` : endpoint.name, "word name"),
    element("td", endpoint.mapping ?? "–", "word mapping wide"),
    element("td", endpoint.connected ? "yes" : "no", "word"),
    element("td", heard),
  );
  return tr;
}

function show(state) {
  at("state").textContent = state.state;
  at("progress").value = state.progress ?? 0;
  at("text").textContent = state.text;
  const error = state.error ? [`${state.error.code}: ${state.error.text}`] : [];
  at("error").textContent = [...error, ...state.problems].join("  ·  ");
  at("question").textContent = state.question
    ? `${state.question.text} (credits: ${state.question.credits ?? "unknown"})` : "";
  showTracks(state.tracks);
  at("troubles").replaceChildren(...troubleLines(state.tracks));
  at("endpoints").replaceChildren(...state.endpoints.map(endpointRow));
  at("files").textContent = [state.preview_file, state.final_file].filter(Boolean).join("  ·  ");
  document.body.className = "";
}

const events = new EventSource("/api/events");
events.onmessage = (event) => show(JSON.parse(event.data));
events.onerror = () => {
  at("state").textContent = "not connected to the daemon";
  document.body.className = "away";
};
