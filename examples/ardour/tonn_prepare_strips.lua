ardour {
	["type"]    = "EditorAction",
	name        = "Tonn: Prepare Strips",
	license     = "MIT",
	author      = "The tonn-bridge authors",
	description = [[Puts two ACE EQ and an ACE Compressor, which tonn-bridge sets to Tonn's mix, just before the fader of
every track and bus; only where they are missing. What else is on a strip is not touched.]]
}

function factory () return function ()
	local EQ, COMPRESSOR = "urn:ardour:a-eq", "urn:ardour:a-comp"
	local KINDS = { [EQ] = EQ, [COMPRESSOR] = COMPRESSOR, [COMPRESSOR .. "#stereo"] = COMPRESSOR }
	-- an ACE EQ has four bells, and Tonn has six bands
	local WANTED = { EQ, EQ, COMPRESSOR }

	-- The kind of a processor, if it is one of those that are wanted.
	local function kind_of (processor)
		local insert = processor:to_plugininsert ()
		return not insert:isnil () and KINDS[insert:plugin (0):unique_id ()] or nil
	end

	-- What stands on a strip: the wanted kinds before the fader in their order, the fader's place among the processors
	-- that can be seen (Ardour inserts by that), and whether one of the wanted kinds stands behind it.
	local function look (route)
		local kinds, place, passed, behind, fader = {}, 0, false, false, route:amp ()
		local i = 0
		while true do
			local processor = route:nth_processor (i)
			if processor:isnil () then return kinds, place, behind end
			local kind = kind_of (processor)
			if processor == fader then
				passed = true
			elseif passed then
				behind = behind or kind ~= nil
			elseif processor:display_to_user () then
				place = place + 1
				kinds[#kinds + 1] = kind
			end
			i = i + 1
		end
	end

	-- How many of WANTED stand at the end of `kinds` already. tonn-bridge takes the last ones of a strip, so what comes
	-- before others is the user's own.
	local function there_already (kinds)
		for count = #WANTED, 1, -1 do
			local same = #kinds >= count
			for i = 1, count do
				same = same and kinds[#kinds - count + i] == WANTED[i]
			end
			-- one ACE EQ alone is rather the user's own than half of ours
			if same and count > 1 then return count end
		end
		return 0
	end

	local function insert (route, kind, place, channels)
		local uri = kind == COMPRESSOR and channels == 2 and kind .. "#stereo" or kind
		local processor = ARDOUR.LuaAPI.new_plugin (Session, uri, ARDOUR.PluginType.LV2, "")
		if processor:isnil () then
			return "this Ardour has no plug-in " .. uri .. ": install Ardour with its own plug-ins (the ACE ones)"
		elseif route:add_processor_by_index (processor, place, nil, true) ~= 0 then
			return "Ardour would not take " .. processor:name () .. ": does the strip's plug-in order allow it?"
		end
	end

	-- Put on a strip what it lacks: whether there was anything, and what a person should know.
	local function prepare (route)
		local kinds, place, behind = look (route)
		local channels = route:amp ():input_streams ():n_audio ()
		local first = there_already (kinds) + 1
		if first <= #WANTED and channels == 0 then
			return false, "has no sound at its fader: put an instrument on it first"
		end
		for i = first, #WANTED do
			local trouble = insert (route, WANTED[i], place + i - first, channels)
			if trouble then return i > first, trouble end
		end
		local hidden = "has an ACE plug-in behind its fader, which tonn-bridge would take: move it"
		return first <= #WANTED, behind and hidden or nil
	end

	local function tell (text, serious)
		if not LuaDialog then return print (text) end -- in the shell, without a window
		local kind = serious and LuaDialog.MessageType.Warning or LuaDialog.MessageType.Info
		LuaDialog.Message ("Tonn", text, kind, LuaDialog.ButtonType.Close):run ()
	end

	local prepared, notes = {}, {}
	for route in Session:get_routes ():iter () do
		if not (route:is_master () or route:is_monitor () or route:is_auditioner ()) then
			local changed, note = prepare (route)
			if changed then prepared[#prepared + 1] = route:name () end
			if note then notes[#notes + 1] = route:name () .. " " .. note end
		end
	end
	local text = "Nothing was missing."
	if #prepared > 0 then
		text = "ACE EQ and ACE Compressor put on " .. table.concat (prepared, ", ") .. "."
	elseif #notes > 0 then
		text = "Nothing was put on any strip."
	end
	tell (table.concat ({ text, table.unpack (notes) }, "\n"), #notes > 0)
end end

function icon (params) return function (ctx, width, height, fg)
	local text = Cairo.PangoLayout (ctx, "ArdourMono " .. math.ceil (math.min (width, height) * .5) .. "px")
	text:set_text ("Tn")
	local text_width, text_height = text:get_pixel_size ()
	ctx:set_source_rgba (ARDOUR.LuaAPI.color_to_rgba (fg))
	ctx:move_to (.5 * (width - text_width), .5 * (height - text_height))
	text:show_in_cairo_context (ctx)
end end
