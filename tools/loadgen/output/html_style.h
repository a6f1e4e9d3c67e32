// The style sheet of the HTML report: light and dark by the reader's setting, nothing fetched.
// A constant.
#pragma once

#include <string_view>

namespace ringtalk::loadgen {

inline constexpr std::string_view kHtmlStyle = R"css(
:root{color-scheme:light dark;--back:#f6f7f9;--face:#fff;--ink:#18202b;--quiet:#5b6675;
--rule:#e3e7ec;--good:#0b7a4b;--bad:#b3261e;--warn:#8a5a00;--shade:#8a94a320;
--c0:#2457d6;--c1:#d9650b;--c2:#0a8f62;--c3:#b3279b;--c4:#7a4fd0;--c5:#0785a3;--c6:#8c6d1f;
--c7:#64748b}
@media(prefers-color-scheme:dark){:root{--back:#11151b;--face:#1a2029;--ink:#e6eaf0;
--quiet:#9aa6b5;
--rule:#2b3441;--good:#4cc38a;--bad:#ff7b72;--warn:#e3b341;--shade:#8a94a330;
--c0:#7aa2ff;--c1:#ff9d5c;--c2:#4fd1a0;--c3:#f08bdc;--c4:#b79cff;--c5:#56c7e3;--c6:#d9b85f;
--c7:#9fb0c3}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}
h1{margin:.1em 0 0;font-size:1.7rem;line-height:1.2}
h2{margin:0 0 10px;font-size:1.05rem}
p{margin:.3em 0}
header{margin-bottom:16px}
.quiet{color:var(--quiet)}
.badge{display:inline-block;margin:0;padding:3px 12px;border-radius:99px;font-weight:600;
border:1.5px solid currentColor;font-size:.88rem}
.good{color:var(--good)}.violated,.threshold{color:var(--bad)}
.invalid,.interrupted{color:var(--warn)}
.note{border-left:3px solid var(--warn);padding:6px 12px;background:var(--face);max-width:80ch}
.cards{display:flex;flex-wrap:wrap;gap:12px;margin:18px 0}
.card{flex:1 1 130px;background:var(--face);border:1px solid var(--rule);border-radius:10px;
padding:12px 16px}
.card b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums;white-space:nowrap}
.card span{color:var(--quiet);font-size:.82rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));gap:16px;
margin:18px 0}
figure,section{margin:0;background:var(--face);border:1px solid var(--rule);border-radius:10px;
padding:14px 16px}
section{margin-top:16px}
figcaption{font-weight:600}
svg{width:100%;height:auto;display:block}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:2px 0 6px;font-size:.85rem;
color:var(--quiet)}
.legend i{display:inline-block;width:18px;border-top:3px solid;margin-right:6px;
vertical-align:middle}
.legend i.dashed{border-top-style:dashed}
.grid{stroke:var(--rule)}.axis{stroke:var(--quiet)}.shade{fill:var(--shade)}
.tick,.title{fill:var(--quiet);font-size:15px;font-variant-numeric:tabular-nums}
.middle{text-anchor:middle}.end{text-anchor:end}
.line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}
.dashed{stroke-dasharray:5 4}
.mark{fill:currentColor;opacity:0}.mark:hover{opacity:1}
.c0{color:var(--c0)}.c1{color:var(--c1)}.c2{color:var(--c2)}.c3{color:var(--c3)}
.c4{color:var(--c4)}.c5{color:var(--c5)}.c6{color:var(--c6)}.c7{color:var(--c7)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:4px 12px 4px 0;border-bottom:1px solid var(--rule);text-align:right}
th:first-child,th:nth-child(2),td:nth-child(2){text-align:left}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--quiet);font-weight:500}tbody th{font-weight:600}
.one .runs th:nth-child(2),.one .runs td:nth-child(2){display:none}
section:last-of-type td{text-align:left;overflow-wrap:anywhere}
)css";

}  // namespace ringtalk::loadgen
