// How a page hears of the lesson: by events, and by asking where none comes through.

const QUIET = 20000; // milliseconds without a word after which it asks: the server speaks every 15 s
const ASKS = 2000; // milliseconds between two questions, as long as no event comes

/** Send data to the server; { status, ...what it answers }, status 0 where it does not. */
async function send(where, data) {
  try {
    const body = JSON.stringify(data);
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(where, { method: "POST", headers, body });
    return { status: answer.status, ...(await answer.json()) };
  } catch {
    return { status: 0 };
  }
}

/**
 * Hear every state of the lesson. `hear(state)` is called with each, `lost(status)` where the server refuses or
 * does not answer: 401 for somebody who has not entered, 0 for nobody there. Returns what asks at once.
 */
function link({ events, state, hear, lost }) {
  let stream = null;
  let heard = 0;
  let asking = false;

  function listen() {
    stream?.close();
    stream = new EventSource(events);
    stream.onmessage = ({ data }) => {
      heard = Date.now();
      hear(JSON.parse(data));
    };
  }

  async function ask() {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(state);
      if (answer.ok) hear(await answer.json());
      else lost(answer.status);
      // Somebody is there again, but the stream was given up.
      if (answer.ok && stream?.readyState === EventSource.CLOSED) listen();
    } catch {
      lost(0);
    } finally {
      asking = false;
    }
  }

  const again = () => (Date.now() - heard > QUIET || stream?.readyState !== EventSource.OPEN) && ask();
  setInterval(again, ASKS);
  // A phone that was asleep looks at once.
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("online", ask);
  return { listen, ask };
}
