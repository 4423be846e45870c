"""The report of a visit with tests of the examination: page, PDF and the lines of the command line."""

from gaitlab.report.examination.text import TaskText, examination_lines, task_texts
from gaitlab.report.examination.write import ExaminationReports, write_examination

__all__ = ["ExaminationReports", "TaskText", "examination_lines", "task_texts", "write_examination"]
