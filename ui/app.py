"""What Streamlit runs at every turn; all of it is in `frame`.

Workers that examine files import the main script too, under another name: for them it must do nothing.
"""

if __name__ == "__main__":
    from ui import frame

    frame.draw()
