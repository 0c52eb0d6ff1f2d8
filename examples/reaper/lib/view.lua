-- The state document as lines to read.
local view = {}

local STATES = {
  idle = "nothing done yet",
  uploading = "the stems go up",
  mixing = "Tonn is mixing",
  ready = "a preview is there",
  applied = "applied",
  finalizing = "the final mix is being made",
  done = "the final mix is there",
  error = "something went wrong",
}
local SHOWING = { user = "you hear your own mix", proposal = "you hear Tonn's mix", blend = "you hear a blend of both" }
local VERDICTS = { "confirmed", "off", "not_confirmed" }
local OFF_DB = -150

local function decibels(value)
  if not value then
    return "-"
  end
  return value <= OFF_DB and "off" or string.format("%+.1f", value)
end

local function pan(value)
  if not value then
    return "-"
  end
  local percent = math.floor(math.abs(value) * 100 + 0.5)
  return percent == 0 and "C" or (value < 0 and "L" or "R") .. percent
end

--- What is known of how a track's values stand against what was wanted: "12 confirmed", "11 confirmed, 1 off".
local function proof_text(track)
  local count = { confirmed = 0, off = 0, not_confirmed = 0 }
  for _, entry in ipairs(track.proof or {}) do
    local verdict = tostring(entry.verdict):gsub(" ", "_")
    count[verdict] = (count[verdict] or 0) + 1
  end
  local parts = {}
  for _, verdict in ipairs(VERDICTS) do
    if count[verdict] > 0 then
      parts[#parts + 1] = count[verdict] .. " " .. verdict:gsub("_", " ")
    end
  end
  return table.concat(parts, ", ")
end

local function number_text(value)
  return value and string.format("%.5g", value) or "?"
end

--- What is wrong on one track, a line each.
local function track_problems(track)
  local lines = {}
  if not track.daw then
    lines[#lines + 1] = "not found in REAPER"
  end
  for _, plugin in ipairs(track.plugins or {}) do
    if plugin.problem then
      lines[#lines + 1] = plugin.problem
    end
  end
  for _, entry in ipairs(track.proof or {}) do
    if entry.verdict == "off" then
      lines[#lines + 1] = string.format(
        "%s: wanted %s, got %s", entry.parameter, number_text(entry.wanted), number_text(entry.got))
    end
  end
  if track.fault then
    lines[#lines + 1] = track.fault
  end
  return lines
end

--- Everything that is wrong, a line each.
function view.problems(document)
  local lines = {}
  if document.error then
    lines[#lines + 1] = document.error.text
  end
  for _, problem in ipairs(document.problems or {}) do
    lines[#lines + 1] = problem
  end
  for _, endpoint in ipairs(document.endpoints or {}) do
    if not endpoint.connected then
      lines[#lines + 1] = endpoint.name .. " is not connected"
    end
    for _, problem in ipairs(endpoint.problems or {}) do
      lines[#lines + 1] = problem
    end
  end
  for _, track in ipairs(document.tracks) do
    for _, problem in ipairs(track_problems(track)) do
      lines[#lines + 1] = track.name .. ": " .. problem
    end
  end
  return lines
end

--- What is under way, such as "preview 45% Tonn is mixing"; nil while nothing is.
function view.progress(document)
  if not document.running then
    return nil
  end
  local text = document.text ~= "" and document.text or STATES[document.state] or document.state
  return string.format("%s %d%% %s", document.running, math.floor((document.progress or 0) * 100 + 0.5), text)
end

--- A question about credits in words.
function view.question(question)
  local price = question.credits and question.credits >= 0 and string.format(" (%d credits)", question.credits) or ""
  return question.text .. price
end

--- `text` in exactly `width` characters.
local function fitted(text, width)
  local length = utf8.len(text)
  if not length then
    return string.format("%-" .. width .. "." .. width .. "s", text) -- no UTF-8: a character is a byte
  elseif length > width then
    return text:sub(1, utf8.offset(text, width + 1) - 1)
  end
  return text .. (" "):rep(width - length)
end

local function track_line(track)
  local user, proposal, current = track.user or {}, track.proposal or {}, track.current or {}
  return string.format(
    "%2d  %s %7s %7s %7s %7s  %-5s %-5s %s",
    track.number, fitted(track.name, 16), decibels(user.gain_db), decibels(proposal.gain_db), decibels(current.gain_db),
    decibels(track.adjust_db), pan(current.pan), track.muted and "muted" or "", proof_text(track)
  )
end

--- The whole document, a line each.
function view.lines(document)
  local standing = STATES[document.state] or document.state
  if SHOWING[document.showing] and document.state ~= "idle" then
    standing = standing .. "; " .. SHOWING[document.showing]
  end
  local lines = { standing }
  lines[#lines + 1] = view.progress(document)
  if document.question then
    lines[#lines + 1] = "It asks: " .. view.question(document.question)
  end
  local credits = document.credits or {}
  if (credits.spent or 0) > 0 then
    lines[#lines + 1] = string.format("credits spent: %d", credits.spent)
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = " #  Track               Yours    Tonn     Now  Adjust  Pan         Proof"
  for _, track in ipairs(document.tracks) do
    lines[#lines + 1] = track_line(track)
  end
  local problems = view.problems(document)
  if #problems > 0 then
    lines[#lines + 1] = ""
    for _, problem in ipairs(problems) do
      lines[#lines + 1] = "! " .. problem
    end
  end
  return lines
end

return view
