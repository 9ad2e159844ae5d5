// Draws a chart above the table of days, from the values in the table. The table remains for readers without scripts.
'use strict'
for (const figure of document.querySelectorAll('[data-chart=days]')) {
  const rows = [...figure.querySelectorAll('tr[data-day]')]
  if (rows.length < 2) continue
  const days = rows.map(row => Date.parse(row.dataset.day) / 1000)
  const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const axis = () => ({ stroke: color('--soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line') } })
  const text = (plot, value) => value == null ? '–' : value.toLocaleString(document.documentElement.dataset.locale)
  const draw = () => new uPlot({
    width: figure.clientWidth, height: 240, tzDate: at => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
    scales: { x: { time: true } }, axes: [{ ...axis(), space: 80, incrs: [1, 2, 7, 14, 28, 91, 365].map(days => days * 86400), values: (plot, ticks) => ticks.map(at => new Date(at * 1000).toLocaleDateString(document.documentElement.dataset.locale, { timeZone: 'UTC', day: 'numeric', month: 'short' })) }, { ...axis(), size: 70 }],
    series: [
      { label: 'Day', value: (plot, at) => at == null ? '–' : new Date(at * 1000).toISOString().slice(0, 10) },
      { label: 'Net', stroke: color('--good'), fill: color('--good') + '22', width: 2, value: text },
      { label: 'Cost', stroke: color('--bad'), width: 2, value: text },
    ],
  }, [days, rows.map(row => +row.dataset.net), rows.map(row => +row.dataset.cost)], (plot, ready) => { figure.prepend(plot.root); ready() })
  let plot = draw()
  new ResizeObserver(() => { if (Math.abs(plot.width - figure.clientWidth) > 1) plot.setSize({ width: figure.clientWidth, height: 240 }) }).observe(figure)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { plot.destroy(); plot = draw() })
}
