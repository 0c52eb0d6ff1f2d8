"""What the words in stems' file names mean: the table behind the guesses of `init`."""

from typing import NamedTuple

from tonn_bridge.tonn.wire import InstrumentGroup as Group


class Rule(NamedTuple):
    """File names that hold one of `words` (whole words; several in one entry stand side by side) are of `group`."""

    group: Group
    words: frozenset[tuple[str, ...]]


def _rule(group: Group, words: str) -> Rule:
    """`words`: separated by commas; a dash joins words that stand side by side."""
    return Rule(group, frozenset(tuple(word.strip().split("-")) for word in words.split(",")))


RULES: tuple[Rule, ...] = (
    # Pairs come first, because each half alone would mean something else.
    _rule(Group.BACKING_TRACK, "backing-track, backing-trk, playback, karaoke, instrumental"),
    _rule(Group.KICK, "bass-drum, bass-drums"),
    _rule(Group.PERCS, "steel-drum, steel-drums, hand-drum, hand-drums, drum-perc"),
    _rule(Group.STRINGS, "string-bass, string-basses"),
    _rule(Group.BRASS, "bass-trombone, bass-clarinet, bass-flute"),
    _rule(Group.KEYS, "bass-piano, electric-piano, e-piano"),
    _rule(
        Group.BACKING_VOX,
        "backing, backings, bv, bvs, bvox, bvx, bgv, bgvs, bgvox, choir, choirs, gang, harmony, harmonies, harms, "
        "adlib, adlibs, ad-lib, ad-libs, bg-vox, bg-vocal, bg-vocals, back-vox, back-vocal, back-vocals, "
        "background-vox, background-vocal, background-vocals, vox-bg, vox-back, vox-harm, vocal-harm, vox-double, "
        "vox-dbl, vocal-double, vocal-dbl, vox-dub, coro, coros, chor",
    ),
    # Then what is certain before what is general: a "vocal fx" is a vocal, a "synth bass" a bass.
    _rule(
        Group.KICK, "kick, kicks, kik, kck, kk, bd, bassdrum, kickdrum, kickin, kickout, subkick, bombo, grosse-caisse"
    ),
    _rule(Group.SNARE, "snare, snares, snr, sn, sd, snaretop, snarebottom, rimshot, rim, sidestick, rimclick, caja"),
    _rule(
        Group.CYMBALS,
        "hh, hat, hats, hihat, hihats, hi-hat, hi-hats, hht, oh, ohs, ohl, ohr, overhead, overheads, over-heads, "
        "over-head, cymbal, cymbals, cym, cyms, ride, crash, splash, china",
    ),
    _rule(
        Group.PERCS,
        "perc, percs, percussion, percussions, shaker, shakers, shkr, tamb, tambo, tambourine, conga, congas, bongo, "
        "bongos, clap, claps, snap, snaps, cowbell, clave, claves, cabasa, cajon, djembe, tabla, timbale, timbales, "
        "guiro, triangle, woodblock, maraca, maracas, timpani, marimba, xylophone, glockenspiel, glock, vibraphone",
    ),
    _rule(
        Group.VOCAL,
        "vox, vocal, vocals, voc, vocs, vx, voice, voices, lv, leadvox, leadvocal, ldvox, singer, singing, rap, "
        "rapper, acapella, acappella, a-capella, voz, voces, voix, gesang, stimme",
    ),
    _rule(
        Group.BASS, "bass, basses, bs, bss, sub, subs, subbass, 808, 808s, bassgtr, bassguitar, upright, bajo, basse"
    ),
    _rule(
        Group.ACOUSTIC_GUITAR,
        "acgtr, acgtrs, agtr, agtrs, acg, acguitar, aguitar, acoustic, acoustics, acou, nylon, ukulele, uke, mandolin, "
        "banjo, ac-gtr, ac-guitar, classical-guitar, folk-guitar",
    ),
    _rule(
        Group.E_GUITAR,
        "gtr, gtrs, guitar, guitars, git, gits, guit, egtr, egtrs, eguitar, elgtr, strat, tele, lespaul, chitarra, "
        "guitarra, gitarre, gitarren, guitare",
    ),
    _rule(
        Group.BRASS,
        # Tonn has no group for woodwind; the other winds are its nearest.
        "brass, trumpet, trumpets, tpt, trombone, trombones, tbn, horn, horns, tuba, sax, saxes, saxophone, "
        "flugelhorn, flute, flutes, piccolo, clarinet, clarinets, oboe, oboes, bassoon, bassoons, woodwind, woodwinds",
    ),
    _rule(
        Group.STRINGS,
        "string, strings, strs, violin, violins, vln, vlns, viola, violas, vla, cello, celli, cellos, vc, vlc, "
        "contrabass, fiddle, quartet, harp",
    ),
    _rule(
        Group.KEYS,
        "piano, pianos, pno, keys, keyboard, keyboards, rhodes, wurli, wurlitzer, organ, organs, hammond, b3, "
        "clav, clavinet, ep, epiano, harpsichord, accordion, celesta, mellotron, klavier",
    ),
    _rule(
        Group.SYNTH,
        "synth, synths, syn, pad, pads, arp, arps, arpeggio, seq, sequence, pluck, plucks, saw, moog, juno, stab, "
        "stabs, chord, chords, lead, leads, drone",
    ),
    _rule(
        Group.FX,
        "fx, sfx, efx, riser, risers, uplifter, downlifter, sweep, sweeps, impact, impacts, noise, atmos, atmosphere, "
        "ambience, ambient, foley, whoosh, transition, reverse, texture, textures",
    ),
    _rule(
        Group.DRUMS,
        "drum, drums, drms, drm, drumkit, kit, tom, toms, floortom, racktom, room, rooms, beat, beats, break, breaks, "
        "loop, loops, groove, bateria, batterie, schlagzeug",
    ),
)

LEAD_WORDS = frozenset({"lead", "ld", "main", "lv", "leadvox", "leadvocal", "ldvox", "solo"})
"""Beside a vocal, these make it the lead."""

LEFT_WORDS, RIGHT_WORDS = frozenset({"l", "left", "lt", "ohl"}), frozenset({"r", "right", "rt", "ohr"})

WHOLE_MIX_WORDS = frozenset(
    {"mix", "mixdown", "master", "mastered", "premaster", "bounce", "reference", "ref", "rough"}
)
"""A file named with one of these and no instrument is a whole mix, no stem."""
