-- Which instrument a track's name speaks of, in Tonn's words. A guess: it stands in the session file, to be corrected.
local groups = {}

-- The first that fits counts: "bass drum" before "bass", a "synth bass" is a bass, and a "vocal fx" a vocal.
local RULES = {
  { "KICK_GROUP", "kick", "bd", "bassdrum", "bass drum" },
  { "SNARE_GROUP", "snare", "snr", "sd", "rim", "clap" },
  { "CYMBALS_GROUP", "hat", "hats", "hihat", "hh", "cymbal", "cymbals", "ride", "crash", "overhead", "overheads" },
  { "BACKING_VOX_GROUP", "backing", "bv", "bvs", "bgv", "choir", "harmony", "harmonies", "adlib", "adlibs" },
  { "VOCAL_GROUP", "vocal", "vocals", "vox", "voice", "singer", "rap" },
  { "PERCS_GROUP", "perc", "percs", "percussion", "shaker", "tambourine", "conga", "congas", "bongo", "bongos" },
  { "BASS_GROUP", "bass", "sub", "808" },
  { "ACOUSTIC_GUITAR_GROUP", "acoustic guitar", "acoustic gtr", "acoustic", "nylon", "ukulele" },
  { "E_GUITAR_GROUP", "guitar", "guitars", "gtr", "gtrs", "egtr" },
  { "STRINGS_GROUP", "string", "strings", "violin", "viola", "cello", "orchestra" },
  { "BRASS_GROUP", "brass", "horn", "horns", "trumpet", "trombone", "sax" },
  { "KEYS_GROUP", "piano", "keys", "rhodes", "organ", "wurli", "clav" },
  { "SYNTH_GROUP", "synth", "synths", "pad", "pads", "lead", "arp", "pluck", "chords", "saw" },
  { "FX_GROUP", "fx", "sfx", "riser", "impact", "noise", "atmos", "ambience", "sweep" },
  { "DRUMS_GROUP", "drum", "drums", "kit", "tom", "toms", "beat", "loop", "room" },
}
local VOCAL, OTHERS = "VOCAL_GROUP", 5

--- The words of a name in lower case between single blanks: "LeadVox-01" is " lead vox 01 ".
local function words(name)
  local apart = name:gsub("(%l)(%u)", "%1 %2"):gsub("(%a)(%d)", "%1 %2"):lower()
  return " " .. apart:gsub("[^%w\128-\255]+", " ") .. " "
end

--- The group in `name`; nil where no word of it is known.
local function known(name)
  local text = words(name)
  for _, rule in ipairs(RULES) do
    for place = 2, #rule do
      if text:find(" " .. rule[place] .. " ", 1, true) then
        return rule[1]
      end
    end
  end
end

--- What each name suggests: `group`, and `presence` for a vocal that leads, or is the only one. Instruments that are
--- not known need not belong together: each is an OTHER_GROUP of its own while they last.
function groups.guess(names)
  local guessed, others, vocals = {}, 0, {}
  for place, name in ipairs(names) do
    local group = known(name)
    if not group then
      others = math.min(others + 1, OTHERS)
      group = "OTHER_GROUP" .. others
    end
    guessed[place] = { group = group }
    if group == VOCAL then
      vocals[#vocals + 1] = guessed[place]
      guessed[place].presence = words(name):find(" lead ", 1, true) and "LEAD" or nil
    end
  end
  if #vocals == 1 then
    vocals[1].presence = "LEAD"
  end
  return guessed
end

return groups
