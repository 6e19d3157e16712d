// Starts the client, or says in plain words why it cannot start here. Nothing in it is newer than modules themselves,
// for it must be able to explain itself to an old browser.

function say(title, text) {
  const page = document.createElement("main");
  const box = document.createElement("div");
  page.className = "boot";
  box.setAttribute("role", "alert");
  const heading = document.createElement("h1");
  heading.textContent = title;
  const words = document.createElement("p");
  words.textContent = text;
  box.appendChild(heading);
  box.appendChild(words);
  document.body.textContent = "";
  document.body.appendChild(exit());
  page.appendChild(box);
  document.body.appendChild(page);
}

// The quick exit, as on every other page.
function exit() {
  const top = document.createElement("header");
  top.className = "top end";
  const button = document.createElement("button");
  button.className = "exit";
  button.type = "button";
  button.setAttribute("aria-label", "Leave this page quickly");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4M16 17l5-5-5-5M21 12H9");
  icon.appendChild(path);
  button.appendChild(icon);
  button.onclick = () => location.replace("/away.html");
  top.appendChild(button);
  return top;
}

function stored(storage, key) {
  try {
    return window[storage].getItem(key);
  } catch (denied) {
    return null;
  }
}

// What stands after "#" in an invitation or a sign-in code is a secret: it leaves the address at once, before anything is
// loaded, and waits in memory for the client to take it.
function takeFragment() {
  const secret = location.pathname === "/join" || location.pathname === "/signin";
  if (!secret || location.hash.length < 2) return;
  window.alongsideFragment = location.hash.slice(1);
  history.replaceState(history.state, "", location.pathname);
}

// What estimates passphrases is larger than the client itself: it comes only where somebody chooses one.
window.alongsideLoadStrength = async () => {
  const strength = await import("{{alongside-strength.js}}");
  await strength.default({ module_or_path: "{{alongside-strength_bg.wasm}}" });
};

async function start() {
  takeFragment();

  const theme = stored("localStorage", "theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;

  if (typeof WebAssembly !== "object" || typeof WebAssembly.instantiate !== "function") {
    say(
      "This browser cannot open Alongside",
      "Alongside needs WebAssembly, and it is missing or switched off here. Some browsers switch it off in a lockdown or " +
        "high-security mode. You can allow it for this page, or use a current Firefox, Chrome, Edge or Safari.",
    );
    return;
  }
  if (!window.indexedDB || !window.crypto || !crypto.subtle || !navigator.locks) {
    say(
      "This browser is too old for Alongside",
      "It lacks something that is needed to keep your words safe on this device, or the address is not a secure one " +
        "(https). A current Firefox, Chrome, Edge or Safari works. Nothing of yours is lost.",
    );
    return;
  }
  try {
    const client = await import("{{alongside-web.js}}");
    await client.default({ module_or_path: "{{alongside-web_bg.wasm}}" });
  } catch (trouble) {
    console.warn("start:", trouble instanceof Error ? trouble.name : "unknown");
    say(
      "Alongside did not start",
      "A part of it did not arrive, or this browser could not run it. Loading the page again often helps. " +
        "Nothing of yours is lost.",
    );
    return;
  }
  if (navigator.serviceWorker) navigator.serviceWorker.register("/sw.js").catch(() => {});
}

if (stored("sessionStorage", "leaving")) {
  // A quick exit that went back through this page's history: nothing of it is to be drawn.
  location.replace("/away.html");
} else {
  start();
}
