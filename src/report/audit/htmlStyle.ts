/** The page's style: light and dark by the reader's own setting, and a form for paper. */
export const style = `
:root{--bg:#fff;--fg:#1c2126;--soft:#5a646e;--line:#d5dade;--panel:#f5f7f8;--link:#0a58a8;--pristine:#dcefe0;--relocated:#dbe8f8;--subset:#ece3f7;--patched:#fbe8c8;--unknown:#e6e8ea;--critical:#8f1320;--high:#b3261e;--medium:#9a5b00;--low:#5f6368;--ok:#1e6b34;--focus:#0a58a8}
@media (prefers-color-scheme:dark){:root{--bg:#14181c;--fg:#e6eaee;--soft:#a5b0ba;--line:#353d45;--panel:#1d2329;--link:#8ec1ff;--pristine:#1c3a25;--relocated:#1b3350;--subset:#35264d;--patched:#4a3610;--unknown:#30363c;--critical:#ff8a94;--high:#ff9d94;--medium:#f0b65c;--low:#b6bcc2;--ok:#86d69c;--focus:#8ec1ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.45 system-ui,sans-serif}
header,main{max-width:78rem;margin:0 auto;padding:0 1rem}
h1{margin:1.2rem 0 .2rem;font-size:1.6rem}h2{font-size:1.15rem;margin:1.6rem 0 .5rem}
#about,.note{color:var(--soft);margin:.2rem 0}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.4rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
#totals{display:flex;flex-wrap:wrap;gap:.6rem;margin:0}
#totals div{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;padding:.5rem .9rem;min-width:7rem}
#totals dt{color:var(--soft);font-size:.85rem}#totals dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums}
#totals .alarm dd{color:var(--high);font-weight:600}
#map{display:grid;gap:.4rem}
.host{border:1px solid var(--line);border-radius:.4rem;padding:.4rem .6rem}
.host h3{font-size:.95rem;margin:0 0 .3rem}
.cells{display:flex;flex-wrap:wrap;gap:.25rem}
.cell{border:1px solid var(--line);border-radius:.25rem;padding:.1rem .45rem;font:inherit;font-size:.85rem;color:var(--fg);cursor:pointer;background:var(--unknown)}
.pristine{background:var(--pristine)}.relocated{background:var(--relocated)}.subset{background:var(--subset)}.patched{background:var(--patched)}.unknown{background:var(--unknown)}
.cell.hit{border:2px solid var(--high);font-weight:600}
form{display:flex;flex-wrap:wrap;gap:.7rem;align-items:end}
label{display:grid;font-size:.85rem;color:var(--soft)}
input,select,button{font:inherit;color:var(--fg);background:var(--bg);border:1px solid var(--soft);border-radius:.3rem;padding:.3rem .5rem;min-height:2.2rem}
input{width:18rem;max-width:100%}button{cursor:pointer}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.93rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
thead th{background:var(--panel);white-space:nowrap}
thead button{border:0;background:none;padding:0;min-height:0;font-weight:600}
td.path{font-family:ui-monospace,monospace;font-size:.85rem;min-width:14rem}
td .open{border:0;background:none;padding:0;min-height:0;color:var(--link);text-align:left;text-decoration:underline}
.state{display:inline-block;border-radius:.25rem;padding:0 .4rem}
.critical{color:var(--critical);font-weight:600}.high{color:var(--high);font-weight:600}.medium{color:var(--medium);font-weight:600}.low,.none{color:var(--low)}
.detail td{background:var(--panel)}.detail h4{margin:.6rem 0 .2rem;font-size:.9rem}.detail ul{margin:.2rem 0;padding-left:1.2rem}
.detail code{font-size:.88em}.detail pre{overflow:auto;max-height:30rem;font-size:.85rem;border:1px solid var(--line);padding:.4rem;tab-size:8}
nav{display:flex;gap:.5rem;align-items:center;margin:.8rem 0}
@media print{:root{--bg:#fff;--fg:#000;--soft:#333;--line:#999;--panel:#fff}form,nav,.skip,thead button::after{display:none}.scroll{overflow:visible}header,main{max-width:none}tr{break-inside:avoid}.cell,.state{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
