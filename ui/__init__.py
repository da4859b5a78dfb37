"""The page for reviewers: Streamlit on 127.0.0.1, nothing but the library's face behind it."""
