// Shows the state document as it changes. Text goes in as text, never as HTML.
"use strict";

const at = (id) => document.getElementById(id);
const OFF_DB = -150;
const number = (value, digits) => (value === null || value === undefined ? "–" : value.toFixed(digits));
const fader = (db) => (db === OFF_DB ? "off" : number(db, 1));

function row(cells, connected = true) {
  const tr = document.createElement("tr");
  tr.className = connected ? "" : "away";
  for (const cell of cells) tr.insertCell().textContent = cell ?? "–";
  return tr;
}

function trackRow(track) {
  return row([
    track.number, track.name, fader(track.user?.gain_db), fader(track.proposal?.gain_db),
    fader(track.current?.gain_db), number(track.adjust_db, 1), number(track.current?.pan, 2),
    track.muted ? "muted" : "",
  ]);
}

function endpointRow(endpoint) {
  const heard = endpoint.last_heard_s === null ? "–" : `${number(endpoint.last_heard_s, 1)} s ago`;
  const problems = (endpoint.problems ?? []).join("; ");
  return row(
    [problems ? "!" : "", problems ? `${endpoint.name}: ${problems}` : endpoint.name, endpoint.mapping,
      endpoint.connected ? "yes" : "no", heard],
    endpoint.connected,
  );
}

function show(state) {
  at("state").textContent = state.state;
  at("progress").value = state.progress ?? 0;
  at("text").textContent = state.text;
  const error = state.error ? [`${state.error.code}: ${state.error.text}`] : [];
  at("error").textContent = [...error, ...state.problems].join("  ·  ");
  at("question").textContent = state.question
    ? `${state.question.text} (credits: ${state.question.credits ?? "unknown"})` : "";
  at("tracks").replaceChildren(...state.tracks.map(trackRow));
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
