"""Any photo, any two pipelines, in JupyterLab."""
