// On a telephone the tabs are wider than the window: the open one is to be seen.
"use strict";

document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
