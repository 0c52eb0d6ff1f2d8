-- A window with the state, the progress, what is asked, and each track.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn state", require("window").open)
