// Notes when things happen on the page: messages of the socket, changes of the document, draw calls, and when the
// graphics processor (or the software in its place) had finished them. Times are those of performance.now().
// PARCELS_DRAWN stands for the number of vertices in a draw call that only the parcels of the map have.
(() => {
  const clock = window.stopwatch = {
    pattern: '', marks: {}, extensions: '', waiting: 0,
    clear() {
      Object.assign(clock, {
        key: 0, sent: 0, received: 0, messages: 0, bytes: 0, http: 0, figures: 0, chart: 0,
        draws: 0, drawn: 0, painted: 0, vertices: 0, busy: 0,
      });
      clock.before = clock.read();
    },
    read() {
      if (!clock.pattern) return '';
      const pattern = new RegExp(clock.pattern);
      return [...document.querySelectorAll('[data-testid=stMarkdownContainer]')]
        .map(element => element.textContent).filter(text => pattern.test(text)).join();
    },
    running: () => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'notRunning',
    quiet: ms => !clock.running() && clock.waiting === 0 &&
      performance.now() - Math.max(clock.received, clock.chart, clock.drawn, clock.painted) > ms,
    times() {
      const since = time => time > clock.key ? time - clock.key : null;
      return {
        sent: since(clock.sent), received: since(clock.received), figures: since(clock.figures),
        charts: since(clock.chart), drawn: since(clock.drawn), map: since(clock.painted),
        draws: clock.draws, busy: clock.busy, bytes: clock.bytes, http: clock.http, messages: clock.messages,
      };
    },
  };
  const mark = name => { clock.marks[name] ??= performance.timeOrigin + performance.now(); };

  const size = data => data.byteLength ?? data.size ?? data.length;
  window.WebSocket = class extends WebSocket {
    constructor(...parameters) {
      super(...parameters);
      this.addEventListener('open', () => { clock.extensions = this.extensions; });
      this.addEventListener('message', event => {
        clock.received = performance.now();
        clock.messages += 1;
        clock.bytes += size(event.data);
      });
    }
    send(data) {
      if (clock.key && !clock.sent) clock.sent = performance.now();
      super.send(data);
    }
  };
  addEventListener('keydown', () => { clock.key = performance.now(); }, true);

  const plot = '[data-testid=stPlotlyChart]';
  new MutationObserver(changes => {
    if (document.querySelector('[data-testid=stHeading] h3')) mark('headline');
    if (document.querySelector(`${plot} .main-svg`)) mark('chart');
    const now = performance.now();
    if (clock.pattern && clock.key && clock.read() !== clock.before) {
      clock.before = clock.read();
      clock.figures = now;
    }
    if (changes.some(change => change.target.parentElement?.closest(plot))) clock.chart = now;
  }).observe(document, {subtree: true, childList: true, characterData: true});

  const fenced = new Set();
  const fence = context => {
    fenced.delete(context);
    const sync = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0);
    context.flush();
    const wait = () => {
      if (sync && context.getSyncParameter(sync, context.SYNC_STATUS) !== context.SIGNALED)
        return void setTimeout(wait, 1);
      context.deleteSync(sync);
      clock.waiting -= 1;
      clock.painted = performance.now();
      if (clock.vertices >= PARCELS_DRAWN) mark('map');
    };
    wait();
  };
  for (const name of ['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced']) {
    const call = WebGL2RenderingContext.prototype[name];
    const place = name.startsWith('drawArrays') ? 2 : 1;  // of the number of vertices
    WebGL2RenderingContext.prototype[name] = function (...parameters) {
      call.apply(this, parameters);
      clock.draws += 1;
      clock.drawn = performance.now();
      const instances = name.endsWith('Instanced') ? parameters.at(-1) : 1;
      clock.vertices = Math.max(clock.vertices, parameters[place] * instances);
      if (fenced.has(this)) return;
      fenced.add(this);
      clock.waiting += 1;
      setTimeout(() => fence(this));
    };
  }

  const observe = (type, note) => new PerformanceObserver(list => list.getEntries().forEach(note)).observe({type});
  observe('resource', entry => { clock.http += entry.transferSize; });
  observe('longtask', entry => { clock.busy += entry.duration; });
  clock.clear();
})();
