-- A ReaEQ with six bells and a ReaComp at the end of each selected track, where they are missing.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn prepare tracks", require("verbs").prepare)
