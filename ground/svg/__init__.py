"""Pictures drawn by the server: SVG with a title, a description and the same numbers in a table behind it.

Each function returns safe HTML (`<figure class="chart">…`), styled by classes in portal.css alone (the CSP forbids
inline styles), so the same picture prints and follows the reader's display mode. Give each picture on a page its own `key`.

    progress_track(stages, title=…, key=…)             where one application stands
    timetable(bars, now=…, title=…, key=…)             a cycle's stages on the calendar (Gantt)
    funnel(steps, title=…, key=…)                      how many are left after each stage
    spread(items, title=…, key=…)                      each reviewer's percentage per item, band and consensus
    reviewer_load(rows, title=…, key=…)                sheets done and due, and who scores milder than the panel
    load_chart(rows, title=…, key=…)                   files a reviewer has, those a proposal adds, and the limit
    scatter(points, across=…, up=…, title=…, key=…)    two scores of each file against each other
    composite_chart(candidates, thresholds, seats=…)   ranked composites with threshold lines and seats
    trend_chart(trend, key=…)                          a key figure over the years with its benchmark, without a table
    countdown_ring(start, end, now)                    a small ring, without a table (the words stand beside it)
"""

from ground.svg.composite import Candidate, Threshold, composite_chart
from ground.svg.countdown import countdown_ring
from ground.svg.funnel import FunnelStep, funnel
from ground.svg.load import LoadRow, load_chart
from ground.svg.reviewers import ReviewerRow, reviewer_load
from ground.svg.scatter import ScatterPoint, scatter
from ground.svg.spread import SpreadItem, spread
from ground.svg.timetable import Bar, timetable
from ground.svg.track import Stage, progress_track
from ground.svg.trend import Trend, trend_chart

__all__ = [
    "Bar",
    "Candidate",
    "FunnelStep",
    "LoadRow",
    "ReviewerRow",
    "ScatterPoint",
    "SpreadItem",
    "Stage",
    "Threshold",
    "Trend",
    "composite_chart",
    "countdown_ring",
    "funnel",
    "load_chart",
    "progress_track",
    "reviewer_load",
    "scatter",
    "spread",
    "timetable",
    "trend_chart",
]
