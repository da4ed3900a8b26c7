"""Charts as pictures that the server draws (SVG), each with a text alternative: ``templates/charts.html`` shows both."""
