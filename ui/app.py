"""What Streamlit runs at every turn; all of it is in `frame`."""

from ui import frame

frame.draw()
