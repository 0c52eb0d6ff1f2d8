"""The one owner of the mix, and the workflow of the job."""
