// The style of the page, for light and dark.
#include "runtime/trial/report_page.hpp"

namespace fairlead::trial {

const std::string_view page_style = R"(
:root {
  color-scheme: light dark;
  --page: #faf9f6; --card: #ffffff; --ink: #20242e; --soft: #646b7a; --line: #e5e2da; --way: #ccd3df; --head: #aab4c4;
  --good: #1b7d4c; --bad: #b53a34; --accent: #2b5fc7; --held: #8b92a1;
  --s0: #2b5fc7; --s1: #cc6a12; --s2: #17866a; --s3: #8b4fc6; --s4: #bd3b5a; --s5: #0f83a3; --s6: #85731a; --s7: #5e6676;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161b; --card: #1b1e25; --ink: #e7e5df; --soft: #9ba2b0; --line: #2e323c; --way: #3a4150; --head: #5a6376;
    --good: #5cc48f; --bad: #ee827a; --accent: #7fa6f5; --held: #8f97a7;
    --s0: #7fa6f5; --s1: #f0a35c; --s2: #55c3a3; --s3: #bf94ee; --s4: #ef86a0; --s5: #5bbfda; --s6: #cdb850; --s7: #a3abba;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1120px; margin: 0 auto; padding: 44px 24px 64px; }
h1 { font-size: 32px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 21px; margin: 52px 0 4px; letter-spacing: -0.005em; }
h3 { font-size: 16px; margin: 0 0 2px; }
p { margin: 4px 0; }
.about, .note, .lead { color: var(--soft); }
.lead { max-width: 800px; margin-bottom: 14px; }
.note { font-size: 13.5px; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 14px; margin: 30px 0 0; padding: 0; }
.numbers div { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px 13px; }
.numbers dt { color: var(--soft); font-size: 13.5px; }
.numbers dd { margin: 0; font-size: 27px; font-weight: 600; line-height: 1.25; letter-spacing: -0.01em; }
.numbers dd small { display: block; font-size: 13px; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin: 14px 0; }
.card .chart, .card .wide { margin-top: 12px; }
.findings { list-style: none; margin: 10px 0 0; padding: 0; }
.good { color: var(--good); } .bad { color: var(--bad); }
.wide { overflow-x: auto; }
.card .wide:first-child { margin-top: -8px; }
table { border-collapse: collapse; width: 100%; margin-top: 10px; font-size: 14.5px; }
th, td { text-align: left; padding: 7px 16px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td, tr:last-child th { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 500; font-size: 13px; white-space: nowrap; }
tbody th { font-weight: 500; }
tfoot td, tfoot th { font-weight: 600; border-top: 1px solid var(--line); }
.n { text-align: right; white-space: nowrap; }
.compact { width: auto; } .compact th, .compact td { padding-right: 28px; text-align: left; }
th:last-child, td:last-child { padding-right: 0; }
td code, th code { display: block; font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--soft); }
.because { display: block; font-size: 13px; font-weight: 400; color: var(--soft); font-style: italic; }
.badge { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: 0 9px; font-size: 12.5px; color: var(--soft); }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 8px; }
.expected { list-style: none; padding: 0; margin: 10px 0 0; }
.expected li { padding: 3px 0; }
footer { margin-top: 52px; padding-top: 14px; border-top: 1px solid var(--line); color: var(--soft); font-size: 13.5px; }
svg { display: block; font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
svg text { fill: var(--ink); }
.chart { width: 100%; height: auto; }
.grid { stroke: var(--line); } .axis, .zero { stroke: var(--head); }
.zero { stroke-width: 1.5; }
svg .tick { fill: var(--soft); font-size: 12px; }
.mid { text-anchor: middle; } .end { text-anchor: end; }
.floor { stroke: var(--soft); stroke-dasharray: 3 4; }
.curve { fill: none; stroke: var(--c); stroke-width: 2.25; stroke-linejoin: round; }
.s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
.s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); } .s7 { --c: var(--s7); }
.swatch { background: var(--c); } svg .dot { fill: var(--c); } svg text.of { fill: var(--c); font-weight: 600; }
.dashed { stroke-dasharray: 7 4; }
.tip { fill: transparent; } .tip:hover { fill: var(--ink); fill-opacity: 0.05; }
svg .soft { fill: var(--soft); font-weight: 400; }
svg .name { font-size: 13.5px; }
.whisker { stroke-width: 2; }
.treated .whisker, .treated circle { stroke: var(--accent); fill: var(--accent); }
.held .whisker, .held circle, .unsure .whisker, .unsure circle { stroke: var(--held); fill: var(--held); }
g.good .whisker, g.good circle { stroke: var(--good); fill: var(--good); }
g.bad .whisker, g.bad circle { stroke: var(--bad); fill: var(--bad); }
line.target { stroke: var(--good); stroke-width: 1.5; stroke-dasharray: 5 3; }
line.baseline { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 2 3; }
.graph { margin: 0 auto; }
.way path { fill: none; stroke: var(--way); } .way polygon { fill: var(--head); }
.way.unused path { stroke-dasharray: 3 4; }
.way:hover path { stroke: var(--accent); } .way:hover polygon { fill: var(--accent); }
.label rect { fill: var(--card); stroke: var(--line); } .label text { font-size: 12px; text-anchor: middle; }
.label { pointer-events: none; }
.box rect { fill: var(--card); stroke: var(--c, var(--head)); stroke-width: 1.5; }
.box text { text-anchor: middle; } .box .verb { font-weight: 600; fill: var(--c, var(--ink)); }
svg .box .sub { font-size: 12px; fill: var(--soft); }
.box.send { --c: var(--s0); } .box.wait { --c: var(--s7); } .box.choose { --c: var(--s3); } .box.branch { --c: var(--s1); }
.box.set { --c: var(--s2); } .box.entry, .box.stop, .box.end { --c: var(--soft); }
.box.entry rect, .box.stop rect, .box.end rect { fill: var(--page); }
@media print { body { background: none; } .card, .numbers div { break-inside: avoid; } h2 { break-after: avoid; } }
)";

}  // namespace fairlead::trial
